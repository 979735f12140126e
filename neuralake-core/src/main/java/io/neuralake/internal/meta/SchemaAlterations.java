package io.neuralake.internal.meta;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Explicit changes of a table's columns. Each method returns the table's metadata after the change,
 * or throws {@link InvalidRequestException} and has changed nothing. Files are never rewritten.
 *
 * <p>Columns by which a table is clustered are recorded outside the metadata (domain {@code
 * delta.clustering}): whoever drops a column has to check them. What the changed schema needs of
 * the protocol is for {@link ProtocolRules#upgrade} to say. Immutable.
 */
public final class SchemaAlterations {
  private static final String COMMENT_KEY = "comment";

  /** Where a new column goes among its siblings. */
  public sealed interface Position {
    /** Before all others. */
    record First() implements Position {}

    /** After all others. */
    record Last() implements Position {}

    /**
     * Behind a sibling.
     *
     * @param sibling the name of that column, without its parents
     */
    record After(String sibling) implements Position {}
  }

  private final TableMetadata metadata;
  private final Supplier<UUID> uuids;
  private final String location;

  /**
   * Changes of one table.
   *
   * @param metadata the table as it is
   * @param uuids where physical names of new columns come from
   * @param location the table, for messages
   */
  public SchemaAlterations(TableMetadata metadata, Supplier<UUID> uuids, String location) {
    this.metadata = metadata;
    this.uuids = uuids;
    this.location = location;
  }

  /**
   * Adds a column, possibly within a struct, or a struct in an array or map ({@code
   * points.element.z}).
   *
   * @param path where; its last part is the new name
   * @param type its type
   * @param nullable must be true: rows that exist have no value for it
   * @param comment what it is about, or null
   * @param position where among its siblings
   */
  public TableMetadata addColumn(
      ColumnPath path,
      DataType type,
      boolean nullable,
      @Nullable String comment,
      Position position) {
    if (path.isRoot()) {
      throw invalid("the column to add has no name. Name it.");
    }
    if (!nullable) {
      throw invalid(
          "column "
              + path
              + " cannot be added as NOT NULL, because the rows that exist have no value for it."
              + " Add it as nullable.");
    }
    ColumnPath parent =
        SchemaTree.spelled(metadata.schema(), path.parent())
            .orElseThrow(() -> missing(path.parent()));
    DataType parentType = SchemaTree.typeAt(metadata.schema(), parent).orElseThrow();
    if (!(parentType instanceof StructType struct)) {
      throw invalid(
          "column "
              + path
              + " cannot be added, because "
              + parent
              + " is "
              + TypeNames.describe(parentType)
              + ", not a struct"
              + (parentType instanceof ArrayType
                  ? " (address its items as " + parent + ".element)"
                  : "")
              + ".");
    }
    if (SchemaTree.child(struct, path.leaf()).isPresent()) {
      throw invalid("column " + path + " exists already (case is ignored). Choose another name.");
    }
    FieldMetadata about =
        comment == null
            ? FieldMetadata.empty()
            : FieldMetadata.builder().putString(COMMENT_KEY, comment).build();
    StructField field =
        SchemaEvolution.fresh(new StructField(path.leaf(), type, true, about), true);
    List<StructField> fields = new ArrayList<>(struct.fields());
    fields.add(index(struct, position, parent), field);
    StructType schema =
        SchemaTree.editType(metadata.schema(), parent, old -> new StructType(fields));
    SchemaRules.validate(schema, metadata.partitionColumns(), metadata.properties(), location);
    return ColumnMapping.assignMissing(metadata.withSchema(schema), uuids);
  }

  private int index(StructType struct, Position position, ColumnPath parent) {
    if (position instanceof Position.First) {
      return 0;
    }
    if (position instanceof Position.After after) {
      StructField sibling =
          SchemaTree.child(struct, after.sibling())
              .orElseThrow(() -> missing(parent.child(after.sibling())));
      return struct.indexOf(sibling.getName()) + 1;
    }
    return struct.length();
  }

  /**
   * Renames a column. Its data stays where it is. Partition columns and the columns named in {@code
   * delta.dataSkippingStatsColumns} are kept in step.
   *
   * @param path the column
   * @param newName its new name, without its parents
   */
  public TableMetadata renameColumn(ColumnPath path, String newName) {
    ColumnPath column = field(path);
    requireMapping("rename", column);
    StructType siblings =
        (StructType) SchemaTree.typeAt(metadata.schema(), column.parent()).orElseThrow();
    SchemaTree.child(siblings, newName)
        .filter(other -> !other.getName().equals(column.leaf()))
        .ifPresent(
            other -> {
              throw invalid(
                  "column "
                      + column
                      + " cannot be renamed to '"
                      + newName
                      + "', because a column of that name exists. Choose another name.");
            });
    refuseDependents("rename", column);
    StructType schema =
        SchemaTree.editField(
            metadata.schema(),
            column,
            field ->
                new StructField(
                    newName, field.getDataType(), field.isNullable(), field.getMetadata()));
    TableMetadata renamed = metadata.withSchema(schema);
    if (column.isTopLevel()) {
      renamed =
          renamed.withPartitionColumns(
              metadata.partitionColumns().stream()
                  .map(name -> name.equalsIgnoreCase(column.leaf()) ? newName : name)
                  .toList());
    }
    ColumnPath target = column.parent().child(newName);
    return checked(withNamedColumns(renamed, named -> Optional.of(moved(named, column, target))));
  }

  private static ColumnPath moved(ColumnPath path, ColumnPath from, ColumnPath to) {
    if (!path.isWithin(from)) {
      return path;
    }
    List<String> parts = new ArrayList<>(to.parts());
    parts.addAll(path.parts().subList(from.parts().size(), path.parts().size()));
    return new ColumnPath(parts);
  }

  /**
   * Drops a column. Its data stays in the files and is no longer read.
   *
   * @param path the column
   */
  public TableMetadata dropColumn(ColumnPath path) {
    ColumnPath column = field(path);
    requireMapping("drop", column);
    if (column.isTopLevel()
        && metadata.partitionColumns().stream().anyMatch(column.leaf()::equalsIgnoreCase)) {
      throw invalid(
          "column "
              + column
              + " cannot be dropped, because the table is partitioned by it. Write the rows into a"
              + " table with other partition columns.");
    }
    StructType siblings =
        (StructType) SchemaTree.typeAt(metadata.schema(), column.parent()).orElseThrow();
    if (siblings.length() == 1
        || (column.isTopLevel() && siblings.length() == metadata.partitionColumns().size() + 1)) {
      throw invalid(
          "column "
              + column
              + " cannot be dropped, because it is the last one"
              + (column.isTopLevel() ? "" : " of " + column.parent())
              + ". Drop "
              + (column.isTopLevel() ? "the table" : column.parent().toString())
              + " instead.");
    }
    refuseDependents("drop", column);
    StructType schema =
        SchemaTree.editType(
            metadata.schema(),
            column.parent(),
            parent ->
                new StructType(
                    ((StructType) parent)
                        .fields().stream()
                            .filter(field -> !field.getName().equals(column.leaf()))
                            .toList()));
    return checked(
        withNamedColumns(
            metadata.withSchema(schema),
            named -> named.isWithin(column) ? Optional.empty() : Optional.of(named)));
  }

  /** Changes the columns that properties name. */
  private static TableMetadata withNamedColumns(
      TableMetadata metadata, Function<ColumnPath, Optional<ColumnPath>> change) {
    TableProperties properties = metadata.properties();
    TableMetadata changed =
        withNamedColumns(
            metadata,
            TableProperties.STATS_COLUMNS,
            properties.statsColumns().orElse(List.of()),
            change);
    return withNamedColumns(
        changed, TableProperties.BLOOM_COLUMNS, properties.bloomColumns(), change);
  }

  private static TableMetadata withNamedColumns(
      TableMetadata metadata,
      String property,
      List<ColumnPath> columns,
      Function<ColumnPath, Optional<ColumnPath>> change) {
    List<ColumnPath> changed = columns.stream().map(change).flatMap(Optional::stream).toList();
    if (changed.equals(columns)) {
      return metadata;
    }
    if (changed.isEmpty()) {
      return PropertyChanges.without(metadata, property);
    }
    return metadata.withProperty(
        property, String.join(",", changed.stream().map(ColumnPath::toString).toList()));
  }

  /**
   * Lets a column, the items of an array ({@code a.element}) or the values of a map ({@code
   * m.value}) be null.
   *
   * @param path what may be null from now on
   */
  public TableMetadata relaxNullability(ColumnPath path) {
    ColumnPath target =
        SchemaTree.spelled(metadata.schema(), path).orElseThrow(() -> missing(path));
    Optional<StructField> field = SchemaTree.fieldAt(metadata.schema(), target);
    if (field.isPresent()) {
      return field.get().isNullable()
          ? metadata
          : metadata.withSchema(
              SchemaTree.editField(
                  metadata.schema(),
                  target,
                  old ->
                      new StructField(old.getName(), old.getDataType(), true, old.getMetadata())));
    }
    if (target.isRoot() || target.leaf().equals(ColumnPath.KEY)) {
      throw invalid("the keys of a map cannot be null; " + path + " stays as it is.");
    }
    DataType holder = SchemaTree.typeAt(metadata.schema(), target.parent()).orElseThrow();
    boolean nullable =
        holder instanceof ArrayType array
            ? array.containsNull()
            : ((MapType) holder).isValueContainsNull();
    return nullable
        ? metadata
        : metadata.withSchema(
            SchemaTree.editType(
                metadata.schema(), target.parent(), SchemaAlterations::withNullItems));
  }

  private static DataType withNullItems(DataType type) {
    return type instanceof ArrayType array
        ? new ArrayType(array.getElementType(), true)
        : new MapType(((MapType) type).getKeyType(), ((MapType) type).getValueType(), true);
  }

  /**
   * Sets what a column is about.
   *
   * @param path the column
   * @param text the comment; null takes it away
   */
  public TableMetadata comment(ColumnPath path, @Nullable String text) {
    ColumnPath column = field(path);
    StructField before = SchemaTree.fieldAt(metadata.schema(), column).orElseThrow();
    FieldMetadata.Builder about = FieldMetadata.builder().fromMetadata(before.getMetadata());
    if (text == null) {
      about.remove(COMMENT_KEY);
    } else {
      about.putString(COMMENT_KEY, text);
    }
    return metadata.withSchema(
        SchemaTree.editField(
            metadata.schema(), column, field -> field.withNewMetadata(about.build())));
  }

  /**
   * Sets the value that rows without the column get from now on.
   *
   * @param path the column, a top-level one
   * @param sql an expression without columns; null takes the default away
   */
  public TableMetadata setDefault(ColumnPath path, @Nullable String sql) {
    ColumnPath column = field(path);
    StructField before = SchemaTree.fieldAt(metadata.schema(), column).orElseThrow();
    if (!column.isTopLevel()
        || (sql != null
            && (ComputedColumns.isGenerated(before) || ComputedColumns.isIdentity(before)))) {
      throw invalid(
          "column "
              + column
              + " cannot have a default: it is nested, generated or an identity column. Set"
              + " defaults for other columns.");
    }
    return metadata.withSchema(
        SchemaTree.editField(
            metadata.schema(), column, field -> ComputedColumns.withDefault(field, sql)));
  }

  /**
   * Widens the type of a column, of the items of an array or of the keys or values of a map, and
   * records the change.
   *
   * @param path what to widen
   * @param newType its new type; {@link TypeWidening#isSupported} says which ones are possible
   */
  public TableMetadata widenType(ColumnPath path, DataType newType) {
    ColumnPath target =
        SchemaTree.spelled(metadata.schema(), path).orElseThrow(() -> missing(path));
    DataType current = SchemaTree.typeAt(metadata.schema(), target).orElseThrow();
    boolean primitive = TypeNames.isPrimitive(current) && TypeNames.isPrimitive(newType);
    if (primitive && current.equivalent(newType)) {
      return metadata;
    }
    if (!primitive || !TypeWidening.isSupported(current, newType)) {
      throw invalid(
          "the type of column "
              + target
              + " cannot change from "
              + TypeNames.describe(current)
              + " to "
              + TypeNames.describe(newType)
              + ": only changes that keep every value are possible (Delta protocol, section Type"
              + " Widening). Add a new column and copy the values.");
    }
    if (!metadata.properties().typeWidening()) {
      throw invalid(
          "the type of column "
              + target
              + " can change only where type widening is enabled. Set '"
              + TableProperties.ENABLE_TYPE_WIDENING
              + "' to 'true' first.");
    }
    ColumnPath holder = target;
    while (SchemaTree.fieldAt(metadata.schema(), holder).isEmpty()) {
      holder = holder.parent();
    }
    refuseDependents("change the type of", holder);
    List<String> within = target.parts().subList(holder.parts().size(), target.parts().size());
    FieldMetadata change = TypeWidening.change(current, newType, new ColumnPath(within));
    StructType widened = SchemaTree.editType(metadata.schema(), target, old -> newType);
    return checked(
        metadata.withSchema(
            SchemaTree.editField(
                widened, holder, field -> TypeWidening.record(field, List.of(change)))));
  }

  private ColumnPath field(ColumnPath path) {
    if (SchemaTree.fieldAt(metadata.schema(), path).isEmpty()) {
      throw missing(path);
    }
    return SchemaTree.spelled(metadata.schema(), path).orElseThrow();
  }

  private void requireMapping(String verb, ColumnPath column) {
    if (metadata.properties().columnMappingMode() == ColumnMapping.Mode.NONE) {
      throw invalid(
          "column "
              + column
              + " cannot be "
              + (verb.equals("drop") ? "dropped" : "renamed")
              + ", because data files know columns by their names. Set '"
              + TableProperties.COLUMN_MAPPING_MODE
              + "' to 'name' first.");
    }
  }

  private void refuseDependents(String verb, ColumnPath column) {
    List<String> dependents =
        Invariants.dependents(metadata, column, verb.equals("drop"), location);
    if (!dependents.isEmpty()) {
      throw invalid(
          "cannot "
              + verb
              + " column "
              + column
              + ", because these depend on it: "
              + String.join(", ", dependents)
              + ". Drop them first.");
    }
  }

  private TableMetadata checked(TableMetadata changed) {
    SchemaRules.validate(changed, location);
    return changed;
  }

  private InvalidRequestException missing(ColumnPath path) {
    return invalid(
        "there is no column "
            + path
            + ". Address nested columns as parent.child, items of arrays as a.element, keys and"
            + " values of maps as m.key and m.value.");
  }

  private InvalidRequestException invalid(String problem) {
    return new InvalidRequestException(location + ": " + problem);
  }
}
