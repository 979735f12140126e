package io.neuralake.internal.meta;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The columns of a change data feed (Delta protocol, "Add CDC File"). */
public final class ChangeFeed {

  /** What happened to the row. Change data files have it; of other files it is known. */
  public static final String CHANGE_TYPE = "_change_type";

  public static final String COMMIT_VERSION = "_commit_version";
  public static final String COMMIT_TIMESTAMP = "_commit_timestamp";

  public static final String INSERT = "insert";
  public static final String DELETE = "delete";
  public static final String UPDATE_PREIMAGE = "update_preimage";
  public static final String UPDATE_POSTIMAGE = "update_postimage";

  private static final List<StructField> COLUMNS =
      List.of(
          column(CHANGE_TYPE, StringType.STRING),
          column(COMMIT_VERSION, LongType.LONG),
          column(COMMIT_TIMESTAMP, TimestampType.TIMESTAMP));

  private ChangeFeed() {}

  /** A column that is found by its name, whatever the table's mapping. */
  private static StructField column(String name, DataType type) {
    return new StructField(
        name,
        type,
        true,
        FieldMetadata.builder().putString(ColumnMapping.PHYSICAL_NAME_KEY, name).build());
  }

  /**
   * A table with the columns of its change data feed behind its own. What is the same in all rows
   * of a file stands in for a partition column, so that all that is known of those holds for it.
   *
   * @param typeInFiles whether the files hold the type of change, as change data files do
   */
  public static TableMetadata of(TableMetadata table, boolean typeInFiles) {
    List<StructField> fields = new ArrayList<>(table.schema().fields());
    fields.addAll(COLUMNS);
    List<String> partition = new ArrayList<>(table.partitionColumns());
    COLUMNS.stream()
        .map(StructField::getName)
        .filter(name -> !typeInFiles || !name.equals(CHANGE_TYPE))
        .forEach(partition::add);
    StructType schema = new StructType(fields);
    return new TableMetadata(
        table.id(),
        table.name(),
        table.description(),
        table.format(),
        schema,
        SchemaJson.write(schema),
        partition,
        table.configuration(),
        table.createdTime());
  }

  /** A column of the table that has the name of one of the feed's; empty if none has. */
  public static Optional<String> collision(StructType schema) {
    return COLUMNS.stream()
        .map(StructField::getName)
        .filter(name -> schema.fieldNames().stream().anyMatch(name::equalsIgnoreCase))
        .findFirst();
  }

  /**
   * What of an older (or newer) state of the table would be lost if its rows were read with the
   * columns of another; empty if nothing would. Renamed columns are the same columns.
   */
  public static Optional<String> loss(TableMetadata written, TableMetadata read) {
    if (!ColumnMapping.physicalPartitionColumns(written)
        .equals(ColumnMapping.physicalPartitionColumns(read))) {
      return Optional.of("its partition columns are " + written.partitionColumns());
    }
    return loss(
        written.schema(),
        written.properties().columnMappingMode(),
        read.schema(),
        read.properties().columnMappingMode());
  }

  private static Optional<String> loss(
      DataType written, ColumnMapping.Mode mode, DataType read, ColumnMapping.Mode readMode) {
    if (written instanceof StructType from && read instanceof StructType to) {
      return from.fields().stream()
          .map(field -> loss(field, mode, to, readMode))
          .flatMap(Optional::stream)
          .findFirst();
    } else if (written instanceof ArrayType from && read instanceof ArrayType to) {
      return loss(from.getElementType(), mode, to.getElementType(), readMode);
    } else if (written instanceof MapType from && read instanceof MapType to) {
      return loss(from.getKeyType(), mode, to.getKeyType(), readMode)
          .or(() -> loss(from.getValueType(), mode, to.getValueType(), readMode));
    }
    return written.equals(read) || TypeWidening.isSupported(written, read)
        ? Optional.empty()
        : Optional.of("it has the type " + written + " instead of " + read);
  }

  private static Optional<String> loss(
      StructField field, ColumnMapping.Mode mode, StructType read, ColumnMapping.Mode readMode) {
    String name = physicalName(field, mode);
    Optional<StructField> found =
        read.fields().stream().filter(f -> physicalName(f, readMode).equals(name)).findFirst();
    if (found.isEmpty()) {
      return Optional.of("its column '" + field.getName() + "' is not there");
    }
    if (field.isNullable() && !found.get().isNullable()) {
      return Optional.of("its column '" + field.getName() + "' may be null");
    }
    return loss(field.getDataType(), mode, found.get().getDataType(), readMode)
        .map(
            why ->
                why.startsWith("it has") ? "of its column '" + field.getName() + "', " + why : why);
  }

  private static String physicalName(StructField field, ColumnMapping.Mode mode) {
    return mode == ColumnMapping.Mode.NONE ? field.getName() : ColumnMapping.physicalName(field);
  }
}
