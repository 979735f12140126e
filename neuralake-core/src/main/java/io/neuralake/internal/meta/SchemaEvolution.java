package io.neuralake.internal.meta;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Brings the schema of rows that are to be written into the schema of a table: new columns, nested
 * ones too, are added at the end and are nullable. Columns are matched by name without case; the
 * table's spelling, nullability and metadata stay. Columns that the rows lack stay as they are.
 *
 * <p>A column of the rows may have a narrower type than the table's (see {@link
 * TypeWidening#isSupported}): the writer widens the values. A wider type changes the table where
 * {@link Mode#ADD_AND_WIDEN} allows it, and is refused otherwise.
 */
@SuppressWarnings("ReferenceEquality") // sameness means unchanged; equality of schemas is slow
public final class SchemaEvolution {
  /** What a merge may do to the table. */
  public enum Mode {
    /** Nothing: columns that the table does not have are refused. */
    NONE,
    /** Add columns. */
    ADD,
    /** Add columns, and widen types; the table has to have type widening enabled. */
    ADD_AND_WIDEN
  }

  /**
   * A merged schema.
   *
   * @param schema the schema for the table; the same object as before where nothing changed
   * @param changed whether anything changed
   */
  public record Merged(StructType schema, boolean changed) {}

  private final Mode mode;
  private final String location;

  private SchemaEvolution(Mode mode, String location) {
    this.mode = mode;
    this.location = location;
  }

  /**
   * Merges the schema of rows into that of a table. New columns have neither ids nor physical names
   * yet: {@link ColumnMapping#assignMissing} gives them.
   *
   * @param current the table's schema
   * @param incoming the rows' schema
   * @param mode what may be done to the table
   * @param location the table, for messages
   * @throws InvalidRequestException naming the column, both types and the reason, if the rows do
   *     not fit
   */
  public static Merged merge(StructType current, StructType incoming, Mode mode, String location) {
    DataType merged =
        new SchemaEvolution(mode, location).struct(current, incoming, ColumnPath.root());
    return new Merged((StructType) merged, merged != current);
  }

  /**
   * Merges the schema of rows into a table, and gives new columns their ids.
   *
   * @param metadata the table; its property {@code delta.enableTypeWidening} decides about types
   * @param incoming the rows' schema
   * @param evolve whether the table may change at all
   * @param uuids where physical names of new columns come from
   * @param location the table, for messages
   * @return the same object where nothing changed
   * @throws InvalidRequestException if the rows do not fit
   */
  public static TableMetadata merge(
      TableMetadata metadata,
      StructType incoming,
      boolean evolve,
      Supplier<UUID> uuids,
      String location) {
    Mode mode = !evolve ? Mode.NONE : widenOrAdd(metadata);
    Merged merged = merge(metadata.schema(), incoming, mode, location);
    if (!merged.changed()) {
      return metadata;
    }
    SchemaRules.validate(
        merged.schema(), metadata.partitionColumns(), metadata.properties(), location);
    return ColumnMapping.assignMissing(metadata.withSchema(merged.schema()), uuids);
  }

  private static Mode widenOrAdd(TableMetadata metadata) {
    return metadata.properties().typeWidening() ? Mode.ADD_AND_WIDEN : Mode.ADD;
  }

  private DataType struct(StructType current, StructType incoming, ColumnPath path) {
    Map<String, StructField> pending = byName(incoming, path);
    List<StructField> merged = new ArrayList<>(current.length());
    boolean changed = false;
    for (StructField field : current.fields()) {
      StructField match = pending.remove(lower(field));
      StructField result = match == null ? field : field(field, match, path);
      changed |= result != field;
      merged.add(result);
    }
    for (StructField field : incoming.fields()) {
      if (pending.containsKey(lower(field))) {
        merged.add(added(field, path.child(field.getName())));
        changed = true;
      }
    }
    return changed ? new StructType(merged) : current;
  }

  private Map<String, StructField> byName(StructType incoming, ColumnPath path) {
    Map<String, StructField> byName = new HashMap<>();
    for (StructField field : incoming.fields()) {
      if (byName.put(lower(field), field) != null) {
        throw new InvalidRequestException(
            location
                + ": column "
                + path.child(field.getName())
                + " appears twice in the rows (case is ignored). Rename one of them.");
      }
    }
    return byName;
  }

  private static String lower(StructField field) {
    return field.getName().toLowerCase(Locale.ROOT);
  }

  private StructField field(StructField current, StructField incoming, ColumnPath parent) {
    List<FieldMetadata> changes = new ArrayList<>();
    DataType type =
        type(
            current.getDataType(),
            incoming.getDataType(),
            parent.child(current.getName()),
            ColumnPath.root(),
            changes);
    return TypeWidening.record(SchemaTree.withType(current, type), changes);
  }

  /**
   * Merges one type.
   *
   * @param path the path from the root of the schema, for messages
   * @param within the path within the nearest struct field, for the record of type changes
   */
  private DataType type(
      DataType current,
      DataType incoming,
      ColumnPath path,
      ColumnPath within,
      List<FieldMetadata> changes) {
    if (current instanceof StructType struct && incoming instanceof StructType other) {
      return struct(struct, other, path);
    }
    if (current instanceof ArrayType array && incoming instanceof ArrayType other) {
      return SchemaTree.withElement(
          array,
          step(
              array.getElementType(),
              other.getElementType(),
              path,
              within,
              ColumnPath.ELEMENT,
              changes));
    }
    if (current instanceof MapType map && incoming instanceof MapType other) {
      return SchemaTree.withEntries(
          map,
          step(map.getKeyType(), other.getKeyType(), path, within, ColumnPath.KEY, changes),
          step(map.getValueType(), other.getValueType(), path, within, ColumnPath.VALUE, changes));
    }
    boolean primitive = TypeNames.isPrimitive(current) && TypeNames.isPrimitive(incoming);
    if (primitive
        && (current.equivalent(incoming) || TypeWidening.isSupported(incoming, current))) {
      return current;
    }
    if (primitive
        && mode == Mode.ADD_AND_WIDEN
        && TypeWidening.isSupportedOnWrite(current, incoming)) {
      changes.add(TypeWidening.change(current, incoming, within));
      return incoming;
    }
    throw incompatible(current, incoming, path);
  }

  private DataType step(
      DataType current,
      DataType incoming,
      ColumnPath path,
      ColumnPath within,
      String part,
      List<FieldMetadata> changes) {
    return type(current, incoming, path.child(part), within.child(part), changes);
  }

  private InvalidRequestException incompatible(
      DataType current, DataType incoming, ColumnPath path) {
    String why;
    if (TypeWidening.isSupportedOnWrite(current, incoming) && mode != Mode.ADD_AND_WIDEN) {
      why =
          "values could be lost. Cast them to the table's type, or let the table widen: set '"
              + TableProperties.ENABLE_TYPE_WIDENING
              + "' to 'true' and write with schema evolution";
    } else if (TypeWidening.isSupported(current, incoming)) {
      why =
          "a write does not make such a change on its own. Cast the values to the table's type, or"
              + " widen the column's type first";
    } else {
      why =
          "the one does not turn into the other without loss. Cast the values to the table's type";
    }
    return new InvalidRequestException(
        location
            + ": column "
            + path
            + " is "
            + TypeNames.describe(current)
            + " in the table and "
            + TypeNames.describe(incoming)
            + " in the rows: "
            + why
            + ".");
  }

  private StructField added(StructField field, ColumnPath path) {
    if (mode == Mode.NONE) {
      throw new InvalidRequestException(
          location
              + ": the rows have a column "
              + path
              + " ("
              + TypeNames.describe(field.getDataType())
              + ") that the table does not have. Leave it out, or call evolveSchema(),"
              + " which adds it.");
    }
    return fresh(field, true);
  }

  /**
   * A column as it enters a table: what belongs to another table (ids, physical names, conditions,
   * defaults, type changes) is left behind; comments and users' own metadata come along.
   */
  static StructField fresh(StructField field, boolean nullable) {
    StructField nested =
        (SchemaTree.rebuild(new StructType(List.of(field)), (path, f) -> withoutTableMetadata(f)))
            .at(0);
    return new StructField(nested.getName(), nested.getDataType(), nullable, nested.getMetadata());
  }

  private static StructField withoutTableMetadata(StructField field) {
    FieldMetadata.Builder kept = FieldMetadata.builder().fromMetadata(field.getMetadata());
    Set<String> dropped = new HashSet<>(field.getMetadata().getEntries().keySet());
    dropped.removeIf(
        key ->
            !(key.startsWith("delta.")
                || ColumnMapping.isOwn(key)
                || key.equals(ComputedColumns.DEFAULT_KEY)
                || key.equals(ComputedColumns.EXISTS_DEFAULT_KEY)));
    if (dropped.isEmpty()) {
      return field;
    }
    dropped.forEach(kept::remove);
    return field.withNewMetadata(kept.build());
  }
}
