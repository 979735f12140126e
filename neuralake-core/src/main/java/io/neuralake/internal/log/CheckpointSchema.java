package io.neuralake.internal.log;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of checkpoints (Delta protocol, "Checkpoint Schema"), one for each action. */
final class CheckpointSchema {

  private static final MapType STRINGS = new MapType(StringType.STRING, StringType.STRING, true);
  private static final ArrayType NAMES = new ArrayType(StringType.STRING, true);

  private static final StructType TRANSACTION =
      new StructType()
          .add("appId", StringType.STRING, false)
          .add("version", LongType.LONG, false)
          .add("lastUpdated", LongType.LONG, true);

  private static final StructType DOMAIN =
      new StructType()
          .add("domain", StringType.STRING, false)
          .add("configuration", StringType.STRING, true)
          .add("removed", BooleanType.BOOLEAN, false);

  private static final StructType PROTOCOL =
      new StructType()
          .add("minReaderVersion", IntegerType.INTEGER)
          .add("minWriterVersion", IntegerType.INTEGER)
          .add("readerFeatures", NAMES)
          .add("writerFeatures", NAMES);

  private static final StructType METADATA =
      new StructType()
          .add("id", StringType.STRING)
          .add("name", StringType.STRING)
          .add("description", StringType.STRING)
          .add(
              "format", new StructType().add("provider", StringType.STRING).add("options", STRINGS))
          .add("schemaString", StringType.STRING)
          .add("partitionColumns", NAMES)
          .add("configuration", STRINGS)
          .add("createdTime", LongType.LONG);

  private static final StructType CHECKPOINT_METADATA =
      new StructType().add("version", LongType.LONG).add("tags", STRINGS);

  private static final StructType SIDECAR =
      new StructType()
          .add("path", StringType.STRING)
          .add("sizeInBytes", LongType.LONG)
          .add("modificationTime", LongType.LONG)
          .add("tags", STRINGS);

  /** What is read of the log: {@code dataChange} is false in every checkpoint. */
  static final StructType READ =
      new StructType()
          .add("add", FileActions.add(true).add("clusteringProvider", StringType.STRING, true))
          .add(
              "remove",
              FileActions.REMOVE
                  .add("deletionTimestamp", LongType.LONG, true)
                  .add("extendedFileMetadata", BooleanType.BOOLEAN, true)
                  .add("partitionValues", STRINGS, true)
                  .add("size", LongType.LONG, true)
                  .add("stats", StringType.STRING, true)
                  .add("tags", STRINGS, true)
                  .add("baseRowId", LongType.LONG, true)
                  .add("defaultRowCommitVersion", LongType.LONG, true))
          .add("txn", TRANSACTION)
          .add("domainMetadata", DOMAIN);

  /** What is read to know files by name. */
  static final StructType FILE_NAMES =
      new StructType()
          .add("add", FileActions.ADD_NAME)
          .add("remove", FileActions.REMOVE.add("deletionTimestamp", LongType.LONG, true));

  /** File actions as they are written: the columns of a sidecar. */
  static final StructType FILES =
      new StructType().add("add", written("add")).add("remove", written("remove"));

  /** All that a checkpoint in one file holds. */
  static final StructType CLASSIC =
      FILES
          .add("metaData", METADATA)
          .add("protocol", PROTOCOL)
          .add("txn", nullable(TRANSACTION))
          .add("domainMetadata", nullable(DOMAIN));

  /** All that the manifest of a version 2 checkpoint may hold. */
  static final StructType MANIFEST =
      CLASSIC.add("checkpointMetadata", CHECKPOINT_METADATA).add("sidecar", SIDECAR);

  private CheckpointSchema() {}

  private static DataType written(String action) {
    StructType read = (StructType) READ.at(READ.indexOf(action)).getDataType();
    return nullable(read.add("dataChange", BooleanType.BOOLEAN, true));
  }

  /** Like other writers, because readers of old expect it. */
  private static DataType nullable(DataType type) {
    if (!(type instanceof StructType struct)) {
      return type;
    }
    List<StructField> fields = new ArrayList<>();
    for (StructField field : struct.fields()) {
      fields.add(new StructField(field.getName(), nullable(field.getDataType()), true));
    }
    return new StructType(fields);
  }

  /** A row with one action. */
  static @Nullable Object[] row(StructType schema, String action, @Nullable Object... fields) {
    @Nullable Object[] row = new @Nullable Object[schema.length()];
    row[schema.indexOf(action)] = fields;
    return row;
  }

  static @Nullable Object[] protocol(StructType schema, TableProtocol protocol) {
    return row(
        schema,
        "protocol",
        protocol.minReaderVersion(),
        protocol.minWriterVersion(),
        protocol.minReaderVersion() >= 3 ? List.copyOf(protocol.readerFeatures()) : null,
        protocol.minWriterVersion() >= 7 ? List.copyOf(protocol.writerFeatures()) : null);
  }

  static @Nullable Object[] metadata(StructType schema, TableMetadata metadata) {
    return row(
        schema,
        "metaData",
        metadata.id(),
        metadata.name(),
        metadata.description(),
        new Object[] {metadata.format().provider(), metadata.format().options()},
        metadata.schemaString(),
        metadata.partitionColumns(),
        metadata.configuration(),
        metadata.createdTime());
  }
}
