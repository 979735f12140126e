package io.neuralake.internal.log;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.columnar.FileStats;
import io.neuralake.internal.columnar.FileStatsReader;
import io.neuralake.internal.columnar.PartitionValues;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.ColumnPath;
import io.neuralake.internal.meta.TableMetadata;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the log says of the rows of a table's files: partition values, statistics. Not thread-safe.
 */
public final class FileFacts {

  private final String table;
  private final TableMetadata metadata;
  private final ColumnMapping.Mode mode;
  private final List<StructField> partitionFields;
  private final FileStatsReader stats;
  private final Map<List<String>, Optional<List<String>>> physical = new HashMap<>();

  /** Facts about all columns. */
  public FileFacts(String table, TableMetadata metadata) {
    this(table, metadata, metadata.schema().fieldNames());
  }

  /**
   * Facts about some columns.
   *
   * @param judged top-level columns whose statistics are wanted; those of others are not parsed
   */
  public FileFacts(String table, TableMetadata metadata, Collection<String> judged) {
    this.table = table;
    this.metadata = metadata;
    this.mode = metadata.properties().columnMappingMode();
    this.partitionFields = metadata.partitionFields();
    StructType data =
        new StructType(
            metadata.dataSchema().fields().stream()
                .filter(field -> judged.contains(field.getName()))
                .toList());
    this.stats = new FileStatsReader(ColumnMapping.toPhysical(data, mode));
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
    return stats.read(file.stats());
  }

  /** The path by which statistics hold a column, null if there is no such column. */
  public @Nullable List<String> physical(List<String> logical) {
    return physical
        .computeIfAbsent(
            logical,
            path ->
                ColumnMapping.toPhysical(metadata.schema(), mode, new ColumnPath(path))
                    .map(ColumnPath::parts))
        .orElse(null);
  }
}
