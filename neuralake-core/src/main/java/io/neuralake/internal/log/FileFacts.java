package io.neuralake.internal.log;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.columnar.FileStats;
import io.neuralake.internal.columnar.FileStatsJson;
import io.neuralake.internal.columnar.PartitionValues;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.ColumnPath;
import io.neuralake.internal.meta.TableMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the log says of the rows of a table's files: partition values, statistics. Thread-safe. */
public final class FileFacts {

  private final String table;
  private final TableMetadata metadata;
  private final ColumnMapping.Mode mode;
  private final List<StructField> partitionFields;
  private final StructType physicalDataSchema;

  public FileFacts(String table, TableMetadata metadata) {
    this.table = table;
    this.metadata = metadata;
    this.mode = metadata.properties().columnMappingMode();
    this.partitionFields = metadata.partitionFields();
    this.physicalDataSchema = ColumnMapping.toPhysical(metadata.dataSchema(), mode);
  }

  /**
   * A file's canonical partition values by logical column name.
   *
   * @throws CorruptTableException if one does not fit its column
   */
  public Map<String, @Nullable Object> partitionValues(DataFile file) {
    Map<String, @Nullable Object> values = new HashMap<>();
    for (StructField field : partitionFields) {
      String key =
          mode == ColumnMapping.Mode.NONE ? field.getName() : ColumnMapping.physicalName(field);
      try {
        values.put(field.getName(), PartitionValues.parse(field, file.partitionValues().get(key)));
      } catch (RuntimeException e) {
        throw new CorruptTableException(
            table
                + ": file "
                + file.path()
                + " has a partition value that does not fit its column: "
                + e.getMessage(),
            e);
      }
    }
    return values;
  }

  /** A file's statistics, null if it has none. */
  public @Nullable FileStats stats(DataFile file) {
    return file.stats() == null ? null : FileStatsJson.parse(file.stats(), physicalDataSchema);
  }

  /** The path by which statistics hold a column, null if there is no such column. */
  public @Nullable List<String> physical(List<String> logical) {
    return ColumnMapping.toPhysical(metadata.schema(), mode, new ColumnPath(logical))
        .map(ColumnPath::parts)
        .orElse(null);
  }
}
