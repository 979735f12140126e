package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProperties;
import java.util.ArrayList;
import java.util.List;

/**
 * What data files of a table must look like. Immutable.
 *
 * @param table location of the table
 * @param metadata the table's metadata once the write is committed
 * @param targetFileBytes a file is closed once it is about this large
 * @param bufferBytes unwritten bytes over all open files, above which the largest is closed
 * @param extras columns that the files have besides the table's; without statistics
 */
record WriteTarget(
    String table,
    TableMetadata metadata,
    long targetFileBytes,
    long bufferBytes,
    List<StructField> extras) {

  static final long BUFFER_BYTES = 512L << 20;
  private static final long DEFAULT_FILE_BYTES = 128L << 20;

  /** Files as large as the table's properties say. */
  static WriteTarget of(String table, TableMetadata metadata) {
    return new WriteTarget(
        table,
        metadata,
        metadata.properties().targetFileSize().orElse(DEFAULT_FILE_BYTES),
        BUFFER_BYTES,
        List.of());
  }

  WriteTarget withFileBytes(long bytes) {
    return new WriteTarget(table, metadata, bytes, bufferBytes, extras);
  }

  WriteTarget withExtras(List<StructField> columns) {
    return new WriteTarget(table, metadata, targetFileBytes, bufferBytes, columns);
  }

  /** The columns of the files. */
  StructType fileSchema() {
    List<StructField> fields = new ArrayList<>(metadata.dataSchema().fields());
    fields.addAll(extras);
    return new StructType(fields);
  }

  StructType schema() {
    return metadata.schema();
  }

  ColumnMapping.Mode mode() {
    return metadata.properties().columnMappingMode();
  }

  TableProperties properties() {
    return metadata.properties();
  }
}
