package io.neuralake.internal.columnar;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.VariantType;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.meta.ChangeFeed;
import io.neuralake.internal.meta.ColumnMapping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/** Finds the columns that a {@link ReadSpec} asks for in the schema of one file. */
final class FileColumns {
  private final MessageType file;
  private final ReadSpec spec;
  private final ReadCounters counters;
  private final FieldFinder finder;
  private final Map<ColumnPath, LeafReader> leaves = new LinkedHashMap<>();
  private final List<ColumnNode> columns = new ArrayList<>();
  private final Set<LeafReader> selecting = new LinkedHashSet<>();
  private final Set<LeafReader> others = new LinkedHashSet<>();
  private boolean inSelector;

  FileColumns(MessageType file, ReadSpec spec, ReadCounters counters) {
    this.counters = counters;
    this.file = file;
    this.spec = spec;
    this.finder = new FieldFinder(spec.mode());
    Position root = new Position(new String[0], 0, 0, Slots.ROWS);
    RowSelector selector = spec.selector();
    for (StructField field : spec.schema().fields()) {
      inSelector = selector != null && selector.columns().contains(field.getName());
      if (spec.partitionColumns().contains(field.getName())) {
        String name = ColumnNames.physicalName(field, spec.mode());
        columns.add(
            new ConstantNode(PartitionValues.parse(field, spec.partitionValues().get(name))));
      } else {
        Type found = finder.find(file, field);
        columns.add(
            found == null
                ? ConstantNode.NULL
                : column(field.getName(), field.getDataType(), found, root));
      }
    }
    others.addAll(leaves.values());
    others.removeAll(selecting);
  }

  /** One for each column of the read schema, in its order. */
  List<ColumnNode> columns() {
    return columns;
  }

  /** The leaves to decode, by their path in the file. */
  Map<ColumnPath, LeafReader> leaves() {
    return leaves;
  }

  /** The leaves by which rows are selected. */
  Collection<LeafReader> selecting() {
    return selecting;
  }

  /** The other leaves. */
  Collection<LeafReader> others() {
    return others;
  }

  /**
   * Where the file has a column of the read schema; null for partition columns, nested types and
   * what is inside of lists.
   */
  @Nullable FileLeaf leaf(List<String> path) {
    StructType wanted = spec.schema();
    GroupType group = file;
    String[] inFile = new String[path.size()];
    if (spec.partitionColumns().contains(path.get(0))) {
      return null;
    }
    for (int i = 0; i < path.size(); i++) {
      int at = wanted.indexOf(path.get(i));
      if (at < 0) {
        return null;
      }
      DataType type = wanted.at(at).getDataType();
      Type found = finder.find(group, wanted.at(at));
      boolean last = i == path.size() - 1;
      if (found == null) {
        return new FileLeaf(null, type);
      }
      inFile[i] = found.getName();
      if (found.isRepetition(Repetition.REPEATED)) {
        return null;
      } else if (last && found.isPrimitive()) {
        return new FileLeaf(file.getColumnDescription(inFile), type);
      } else if (last || found.isPrimitive() || !(type instanceof StructType struct)) {
        return null;
      } else {
        wanted = struct;
        group = found.asGroupType();
      }
    }
    return null;
  }

  /** Where in the file's schema we are: path, levels of what is there, slots of its values. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Position(String[] path, int definition, int repetition, Slots slots) {

    Position child(Type type) {
      String[] longer = Arrays.copyOf(path, path.length + 1);
      longer[path.length] = type.getName();
      boolean required = type.isRepetition(Repetition.REQUIRED);
      boolean repeated = type.isRepetition(Repetition.REPEATED);
      return new Position(
          longer, definition + (required ? 0 : 1), repetition + (repeated ? 1 : 0), slots);
    }

    Position inElements() {
      return new Position(path, definition, repetition, new Slots(repetition, definition));
    }
  }

  /** A field that was found below a position. */
  private ColumnNode column(String name, DataType wanted, Type found, Position parent) {
    Position here = parent.child(found);
    if (!found.isRepetition(Repetition.REPEATED)) {
      return value(name, wanted, found, here);
    }
    if (!(wanted instanceof ArrayType array)) {
      throw mismatch(name, wanted, found);
    }
    // An old form: a repeated field on its own is a list that is never null.
    Position elements = here.inElements();
    ColumnNode element = value(name, array.getElementType(), found, elements);
    return new ListNode(
        witness(element, found, elements),
        parent.slots(),
        parent.definition(),
        elements.slots(),
        element);
  }

  /** A value of a type whose own repetition is part of the position already. */
  private ColumnNode value(String name, DataType wanted, Type found, Position here) {
    if (wanted instanceof StructType struct) {
      return struct(name, struct, group(name, wanted, found), here);
    } else if (wanted instanceof VariantType) {
      return variant(name, group(name, wanted, found), here);
    } else if (wanted instanceof ArrayType array) {
      return list(name, array, group(name, wanted, found), here);
    } else if (wanted instanceof MapType map) {
      return map(name, map, group(name, wanted, found), here);
    }
    LeafConversion conversion =
        found.isPrimitive() ? LeafConversions.of(found.asPrimitiveType(), wanted) : null;
    if (conversion == null) {
      throw mismatch(name, wanted, found);
    }
    return new LeafNode(leaf(here), here.slots(), conversion);
  }

  private LeafReader leaf(Position here) {
    LeafReader reader =
        leaves.computeIfAbsent(
            ColumnPath.get(here.path()),
            p -> new LeafReader(file.getColumnDescription(here.path()), counters));
    if (inSelector) {
      selecting.add(reader);
    }
    return reader;
  }

  private static GroupType group(String name, DataType wanted, Type found) {
    if (found.isPrimitive()) {
      throw mismatch(name, wanted, found);
    }
    return found.asGroupType();
  }

  private static CorruptPageException mismatch(String name, DataType wanted, Type found) {
    return new CorruptPageException(
        "column "
            + name
            + " is "
            + found.toString().replaceAll("\\s+", " ")
            + ", which cannot be read as "
            + wanted);
  }

  private ColumnNode struct(String name, StructType wanted, GroupType found, Position here) {
    List<ColumnNode> children = new ArrayList<>();
    for (StructField field : wanted.fields()) {
      Type child = finder.find(found, field);
      children.add(
          child == null
              ? ConstantNode.NULL
              : column(name + "." + field.getName(), field.getDataType(), child, here));
    }
    return new StructNode(
        witness(children, found, here), here.slots(), here.definition(), children);
  }

  private ColumnNode variant(String name, GroupType found, Position here) {
    if (found.containsField("typed_value")) {
      throw new UnsupportedTableException(
          "column " + name + " is a shredded variant, which neuralake cannot read");
    }
    List<ColumnNode> children = new ArrayList<>();
    for (String part : List.of(ChildNames.VALUE, ChildNames.METADATA)) {
      if (!found.containsField(part)) {
        throw mismatch(name, VariantType.VARIANT, found);
      }
      children.add(column(name + "." + part, BinaryType.BINARY, found.getType(part), here));
    }
    return new StructNode(
        witness(children, found, here), here.slots(), here.definition(), children);
  }

  private ColumnNode list(String name, ArrayType wanted, GroupType found, Position here) {
    if (found.getFieldCount() != 1 || !found.getType(0).isRepetition(Repetition.REPEATED)) {
      throw mismatch(name, wanted, found);
    }
    Type repeated = found.getType(0);
    Position elements = here.child(repeated).inElements();
    DataType elementType = wanted.getElementType();
    String elementName = name + "." + ChildNames.ELEMENT;
    ColumnNode element;
    if (isElement(repeated, found, elementType)) {
      element = value(elementName, elementType, repeated, elements);
    } else {
      Type inner = repeated.asGroupType().getType(0);
      element = column(elementName, elementType, inner, elements);
    }
    return new ListNode(
        witness(element, repeated, elements),
        here.slots(),
        here.definition(),
        elements.slots(),
        element);
  }

  /**
   * Whether the repeated field of a list is the element itself, as two-level lists of old writers
   * have it (Parquet's LogicalTypes, "Backward-compatibility rules" of lists).
   */
  private static boolean isElement(Type repeated, GroupType list, DataType elementType) {
    if (repeated.isPrimitive()) {
      return true;
    }
    GroupType group = repeated.asGroupType();
    if (group.getFieldCount() != 1 || group.getType(0).isRepetition(Repetition.REPEATED)) {
      return true;
    }
    // With one field only the name tells; a wanted struct around a primitive leaves no doubt.
    String name = repeated.getName();
    boolean old = name.equals("array") || name.equals(list.getName() + "_tuple");
    return elementType instanceof StructType && (old || group.getType(0).isPrimitive());
  }

  private ColumnNode map(String name, MapType wanted, GroupType found, Position here) {
    if (found.getFieldCount() != 1
        || !found.getType(0).isRepetition(Repetition.REPEATED)
        || found.getType(0).isPrimitive()) {
      throw mismatch(name, wanted, found);
    }
    GroupType entries = found.getType(0).asGroupType();
    Position inEntries = here.child(entries).inElements();
    if (entries.getFieldCount() > 2) {
      throw mismatch(name, wanted, found);
    }
    boolean named = entries.containsField("key") && entries.getFieldIndex("key") == 1;
    Type keyType = entries.getType(named ? 1 : 0);
    ColumnNode key = column(name + ".key", wanted.getKeyType(), keyType, inEntries);
    ColumnNode value = ConstantNode.NULL;
    if (entries.getFieldCount() == 2) {
      Type valueType = entries.getType(named ? 0 : 1);
      value = column(name + ".value", wanted.getValueType(), valueType, inEntries);
    }
    LeafReader witness = witness(key, entries, inEntries);
    ColumnNode both =
        new StructNode(witness, inEntries.slots(), inEntries.definition(), List.of(key, value));
    return new ListNode(witness, here.slots(), here.definition(), inEntries.slots(), both);
  }

  private LeafReader witness(ColumnNode node, Type found, Position here) {
    return witness(List.of(node), found, here);
  }

  /** A leaf below the type: one that is read anyway, else any. */
  private LeafReader witness(List<ColumnNode> children, Type found, Position here) {
    LeafReader best = null;
    for (ColumnNode child : children) {
      LeafReader candidate = child.witness();
      if (candidate != null && (best == null || repetition(candidate) < repetition(best))) {
        best = candidate;
      }
    }
    if (best != null) {
      return best;
    }
    Type type = found;
    Position position = here;
    while (!(type instanceof PrimitiveType)) {
      type = type.asGroupType().getType(0);
      position = position.child(type);
    }
    return leaf(position);
  }

  private static int repetition(LeafReader reader) {
    return reader.column().getMaxRepetitionLevel();
  }

  /** Finds a column's field among the children of a group. */
  private record FieldFinder(ColumnMapping.Mode mode) {

    @Nullable Type find(GroupType group, StructField field) {
      boolean mapped = !field.getName().equals(ChangeFeed.CHANGE_TYPE); // of no table's schema
      if (mode == ColumnMapping.Mode.ID && mapped && hasIds(group)) {
        return byId(group, ColumnNames.id(field));
      }
      String name = ColumnNames.physicalName(field, mode);
      if (group.containsField(name)) {
        return group.getType(name);
      }
      return mode == ColumnMapping.Mode.NONE ? byNameIgnoringCase(group, name) : null;
    }

    private static boolean hasIds(GroupType group) {
      return group.getFields().stream().anyMatch(type -> type.getId() != null);
    }

    private static @Nullable Type byId(GroupType group, int id) {
      for (Type type : group.getFields()) {
        if (type.getId() != null && type.getId().intValue() == id) {
          return type;
        }
      }
      return null;
    }

    private static @Nullable Type byNameIgnoringCase(GroupType group, String name) {
      Type found = null;
      for (Type type : group.getFields()) {
        if (type.getName().equalsIgnoreCase(name)) {
          if (found != null) {
            throw new CorruptPageException(
                "the columns "
                    + found.getName()
                    + " and "
                    + type.getName()
                    + " differ in case only");
          }
          found = type;
        }
      }
      return found;
    }
  }
}
