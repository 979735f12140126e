package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What data files of a table must look like. Immutable.
 *
 * @param table location of the table
 * @param metadata the table's metadata once the write is committed
 * @param targetFileBytes a file is closed once it is about this large
 * @param bufferBytes unwritten bytes over all open files, above which the largest is closed
 */
record WriteTarget(String table, TableMetadata metadata, long targetFileBytes, long bufferBytes) {

  StructType schema() {
    return metadata.schema();
  }

  ColumnMapping.Mode mode() {
    return metadata.properties().columnMappingMode();
  }

  TableProperties properties() {
    return metadata.properties();
  }

  /** The partition columns' fields, in the order of the partitioning. */
  List<StructField> partitionFields() {
    List<StructField> fields = new ArrayList<>();
    for (String column : metadata.partitionColumns()) {
      for (StructField field : schema().fields()) {
        if (field.getName().equalsIgnoreCase(column)) {
          fields.add(field);
        }
      }
    }
    return fields;
  }

  /** The columns that are stored in the files: all but the partition columns. */
  StructType dataSchema() {
    Set<String> partition =
        metadata.partitionColumns().stream()
            .map(c -> c.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    return new StructType(
        schema().fields().stream()
            .filter(f -> !partition.contains(f.getName().toLowerCase(Locale.ROOT)))
            .toList());
  }
}
