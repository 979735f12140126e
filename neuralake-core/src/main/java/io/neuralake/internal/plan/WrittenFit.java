package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.TableMetadata;
import org.jspecify.annotations.Nullable;

/** Whether files written for one metadata fit another. */
final class WrittenFit {
  private WrittenFit() {}

  static @Nullable String problem(TableMetadata written, TableMetadata wanted) {
    if (!written.id().equals(wanted.id())) {
      return "it is another table now";
    }
    if (!written.partitionColumns().equals(wanted.partitionColumns())) {
      return "its partitioning is " + wanted.partitionColumns();
    }
    if (written.properties().columnMappingMode() != wanted.properties().columnMappingMode()) {
      return "its column mapping has changed";
    }
    if (!RowRules.conditions(written).equals(RowRules.conditions(wanted))) {
      return "its constraints have changed";
    }
    if (!RowCompletion.sameRules(written.schema(), wanted.schema(), wanted.id())) {
      return "its generated, default or identity columns have changed";
    }
    for (StructField field : written.schema().fields()) {
      int at = wanted.schema().indexOf(field.getName());
      if (at < 0 || !sameStorage(field, wanted.schema().at(at))) {
        return "column '" + field.getName() + "' has changed";
      }
    }
    for (StructField field : wanted.schema().fields()) {
      if (!field.isNullable() && written.schema().indexOf(field.getName()) < 0) {
        return "column '" + field.getName() + "' is new and must not be null";
      }
    }
    return null;
  }

  private static boolean sameStorage(StructField left, StructField right) {
    return left.getDataType().equals(right.getDataType())
        && (right.isNullable() || !left.isNullable())
        && ColumnMapping.physicalName(left).equals(ColumnMapping.physicalName(right));
  }
}
