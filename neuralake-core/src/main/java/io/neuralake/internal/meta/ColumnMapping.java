package io.neuralake.internal.meta;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Column mapping: every column, nested ones included, has an id and a physical name that stay when
 * the column is renamed (Delta protocol, section "Column Mapping").
 */
public final class ColumnMapping {
  static final String ID_KEY = "delta.columnMapping.id";
  static final String PHYSICAL_NAME_KEY = "delta.columnMapping.physicalName";
  private static final String PREFIX = "delta.columnMapping.";
  private static final String PARQUET_PREFIX = "parquet.field.";

  /** How columns are found in data files. */
  public enum Mode {
    /** By their name. */
    NONE,
    /** By their id, stored as the field id of Parquet. */
    ID,
    /** By their physical name. */
    NAME;

    /**
     * The mode that a property's value names.
     *
     * @throws IllegalArgumentException for anything but none, id and name
     */
    public static Mode parse(String text) {
      return valueOf(PropertyValues.oneOf(text, "none", "id", "name").toUpperCase(Locale.ROOT));
    }

    /** The value of {@code delta.columnMapping.mode}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private ColumnMapping() {}

  /**
   * A nullable column of data files that is none of the table's; it has one name everywhere.
   *
   * @param id one of those that no table gives out, near the greatest integer
   */
  public static StructField reserved(String name, DataType type, long id) {
    return new StructField(
        name,
        type,
        true,
        FieldMetadata.builder().putLong(ID_KEY, id).putString(PHYSICAL_NAME_KEY, name).build());
  }

  /** The name of a field in data files, statistics and partition values. */
  public static String physicalName(StructField field) {
    return field.getMetadata().get(PHYSICAL_NAME_KEY) instanceof String name
        ? name
        : field.getName();
  }

  /** The id of a field; empty where none was given. */
  public static OptionalLong id(StructField field) {
    return field.getMetadata().get(ID_KEY) instanceof Long id
        ? OptionalLong.of(id)
        : OptionalLong.empty();
  }

  /**
   * Prepares the metadata of a new table: with column mapping, all columns get fresh ids and
   * physical names {@code col-<uuid>}; without, ids and names that came along from another table's
   * schema are dropped.
   *
   * @param metadata the new table, with the mode among its properties
   * @param uuids where physical names come from
   */
  public static TableMetadata assignForNewTable(TableMetadata metadata, Supplier<UUID> uuids) {
    boolean carriesAny =
        SchemaTree.anyField(
            metadata.schema(),
            field -> field.getMetadata().getEntries().keySet().stream().anyMatch(k -> isOwn(k)));
    TableMetadata bare =
        carriesAny
            ? metadata.withSchema(
                SchemaTree.rebuild(metadata.schema(), (path, field) -> withoutMapping(field)))
            : metadata;
    return metadata.properties().columnMappingMode() == Mode.NONE
        ? bare
        : assign(bare, field -> "col-" + uuids.get());
  }

  /**
   * Turns column mapping by name on for an existing table: columns get ids, and keep their names as
   * physical names, so that the files need not be rewritten.
   *
   * @param metadata the table without column mapping
   */
  public static TableMetadata upgrade(TableMetadata metadata) {
    TableMetadata named =
        metadata.withProperty(TableProperties.COLUMN_MAPPING_MODE, Mode.NAME.text());
    return assign(named, StructField::getName);
  }

  /**
   * Gives ids and physical names {@code col-<uuid>} to columns that were added. Without column
   * mapping the metadata is returned as it is.
   *
   * @param metadata the table with its new schema
   * @param uuids where physical names come from
   */
  public static TableMetadata assignMissing(TableMetadata metadata, Supplier<UUID> uuids) {
    return metadata.properties().columnMappingMode() == Mode.NONE
        ? metadata
        : assign(metadata, field -> "col-" + uuids.get());
  }

  private static TableMetadata assign(
      TableMetadata metadata, Function<StructField, String> newPhysicalName) {
    AtomicLong highest = new AtomicLong(metadata.properties().maxColumnId());
    boolean[] missing = new boolean[1];
    SchemaTree.forEach(
        metadata.schema(),
        (path, field) -> {
          id(field).ifPresent(id -> highest.accumulateAndGet(id, Math::max));
          missing[0] |= !isMapped(field);
        });
    StructType schema = metadata.schema();
    if (missing[0]) {
      schema = SchemaTree.rebuild(schema, (path, field) -> assign(field, highest, newPhysicalName));
    }
    String maxId = Long.toString(highest.get());
    return maxId.equals(metadata.configuration().get(TableProperties.MAX_COLUMN_ID))
        ? metadata.withSchema(schema)
        : metadata.withSchema(schema).withProperty(TableProperties.MAX_COLUMN_ID, maxId);
  }

  private static StructField assign(
      StructField field, AtomicLong highest, Function<StructField, String> newPhysicalName) {
    if (isMapped(field)) {
      return field;
    }
    FieldMetadata.Builder metadata = FieldMetadata.builder().fromMetadata(field.getMetadata());
    if (id(field).isEmpty()) {
      metadata.putLong(ID_KEY, highest.incrementAndGet());
    }
    if (!(field.getMetadata().get(PHYSICAL_NAME_KEY) instanceof String)) {
      metadata.putString(PHYSICAL_NAME_KEY, newPhysicalName.apply(field));
    }
    return field.withNewMetadata(metadata.build());
  }

  private static boolean isMapped(StructField field) {
    return id(field).isPresent() && field.getMetadata().get(PHYSICAL_NAME_KEY) instanceof String;
  }

  /** Whether a key of field metadata belongs to column mapping. */
  static boolean isOwn(String metadataKey) {
    return metadataKey.startsWith(PREFIX) || metadataKey.startsWith(PARQUET_PREFIX);
  }

  private static StructField withoutMapping(StructField field) {
    FieldMetadata.Builder kept = FieldMetadata.builder().fromMetadata(field.getMetadata());
    field.getMetadata().getEntries().keySet().stream()
        .filter(ColumnMapping::isOwn)
        .forEach(kept::remove);
    return field.withNewMetadata(kept.build());
  }

  /**
   * Checks a change of the mode of an existing table.
   *
   * @throws InvalidRequestException for any change but from none to name
   */
  public static void checkModeChange(Mode from, Mode to, String location) {
    if (from != to && !(from == Mode.NONE && to == Mode.NAME)) {
      throw new InvalidRequestException(
          location
              + ": '"
              + TableProperties.COLUMN_MAPPING_MODE
              + "' cannot change from '"
              + from.text()
              + "' to '"
              + to.text()
              + "', because data files would have to be rewritten. Only 'none' to 'name' is"
              + " possible; otherwise copy the rows into a new table.");
    }
  }

  /**
   * Checks what other writers left: each column has its own id, no greater than the highest id that
   * the table records, and its own physical path.
   *
   * @throws CorruptTableException if that does not hold
   */
  public static void validate(TableMetadata metadata, String location) {
    if (metadata.properties().columnMappingMode() == Mode.NONE) {
      return;
    }
    long highest = metadata.properties().maxColumnId();
    Set<Long> ids = new HashSet<>();
    SchemaTree.forEach(
        metadata.schema(),
        (path, field) -> {
          if (!isMapped(field)) {
            throw damaged(location, path, "has no id or no physical name");
          }
          long id = id(field).getAsLong();
          if (!ids.add(id)) {
            throw damaged(location, path, "has the id " + id + ", as another column does");
          }
          if (id > highest) {
            throw damaged(location, path, "has the id " + id + " above the maximum " + highest);
          }
        });
    checkPhysicalNames(metadata.schema(), ColumnPath.root(), location);
  }

  private static void checkPhysicalNames(DataType type, ColumnPath path, String location) {
    if (type instanceof StructType struct) {
      Set<String> names = new HashSet<>();
      for (StructField field : struct.fields()) {
        ColumnPath child = path.child(field.getName());
        if (!names.add(physicalName(field))) {
          throw damaged(location, child, "has the physical name of another column");
        }
        checkPhysicalNames(field.getDataType(), child, location);
      }
    } else if (type instanceof ArrayType array) {
      checkPhysicalNames(array.getElementType(), path.child(ColumnPath.ELEMENT), location);
    } else if (type instanceof MapType map) {
      checkPhysicalNames(map.getKeyType(), path.child(ColumnPath.KEY), location);
      checkPhysicalNames(map.getValueType(), path.child(ColumnPath.VALUE), location);
    }
  }

  private static CorruptTableException damaged(String location, ColumnPath path, String problem) {
    return new CorruptTableException(
        location
            + ": the table uses column mapping, but column "
            + path
            + " "
            + problem
            + ". Restore the log file, or read an older version.");
  }

  /**
   * The schema with physical names, as data files have it. Field metadata is kept. Without column
   * mapping it is the schema itself.
   */
  public static StructType toPhysical(StructType schema, Mode mode) {
    if (mode == Mode.NONE) {
      return schema;
    }
    return SchemaTree.rebuild(
        schema,
        (path, field) ->
            new StructField(
                physicalName(field), field.getDataType(), field.isNullable(), field.getMetadata()));
  }

  /** The physical path of a column; empty if the schema has no such column. */
  public static Optional<ColumnPath> toPhysical(StructType schema, Mode mode, ColumnPath path) {
    if (mode == Mode.NONE) {
      return SchemaTree.spelled(schema, path);
    }
    return translate(
        schema,
        path,
        (field, name) -> field.getName().equalsIgnoreCase(name),
        ColumnMapping::physicalName);
  }

  /** The logical path of a column that is given by its physical one; empty if there is none. */
  public static Optional<ColumnPath> toLogical(StructType schema, Mode mode, ColumnPath path) {
    if (mode == Mode.NONE) {
      return SchemaTree.spelled(schema, path);
    }
    return translate(
        schema, path, (field, name) -> physicalName(field).equals(name), StructField::getName);
  }

  private interface Match {
    boolean test(StructField field, String name);
  }

  private static Optional<ColumnPath> translate(
      StructType schema, ColumnPath path, Match match, Function<StructField, String> newName) {
    List<String> translated = new ArrayList<>();
    DataType type = schema;
    for (String part : path.parts()) {
      if (type instanceof StructType struct) {
        Optional<StructField> found =
            struct.fields().stream().filter(field -> match.test(field, part)).findFirst();
        if (found.isEmpty()) {
          return Optional.empty();
        }
        translated.add(newName.apply(found.get()));
        type = found.get().getDataType();
      } else if (type instanceof ArrayType array && part.equals(ColumnPath.ELEMENT)) {
        translated.add(part);
        type = array.getElementType();
      } else if (type instanceof MapType map
          && (part.equals(ColumnPath.KEY) || part.equals(ColumnPath.VALUE))) {
        translated.add(part);
        type = part.equals(ColumnPath.KEY) ? map.getKeyType() : map.getValueType();
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(new ColumnPath(translated));
  }

  /** The names under which partition values are stored, in the order of the partition columns. */
  public static List<String> physicalPartitionColumns(TableMetadata metadata) {
    Mode mode = metadata.properties().columnMappingMode();
    return metadata.partitionColumns().stream()
        .map(
            column ->
                mode == Mode.NONE
                    ? column
                    : SchemaTree.child(metadata.schema(), column)
                        .map(ColumnMapping::physicalName)
                        .orElse(column))
        .toList();
  }
}
