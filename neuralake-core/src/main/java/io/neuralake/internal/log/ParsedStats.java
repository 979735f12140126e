package io.neuralake.internal.log;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.VariantType;
import io.neuralake.internal.columnar.ArrowValues;
import io.neuralake.internal.columnar.FileStats;
import io.neuralake.internal.columnar.FileStatsJson;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.TableMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/**
 * Statistics that a checkpoint holds as columns (Delta protocol, "Checkpoint Schema", {@code
 * stats_parsed}): with {@code delta.checkpoint.writeStatsAsJson=false} an engine writes no others.
 * Immutable.
 */
final class ParsedStats {

  /** Name of the column in an {@code add}. */
  static final String NAME = "stats_parsed";

  private final StructType type;
  private final List<List<String>> leaves = new ArrayList<>();

  /** Statistics of the columns of a table. */
  ParsedStats(TableMetadata metadata) {
    StructType columns =
        ColumnMapping.toPhysical(metadata.dataSchema(), metadata.properties().columnMappingMode());
    StructType bounds = bounds(columns);
    this.type =
        new StructType()
            .add("numRecords", LongType.LONG)
            .add("tightBounds", BooleanType.BOOLEAN)
            .add("minValues", bounds)
            .add("maxValues", bounds)
            .add("nullCount", counts(columns, List.of()));
  }

  private static StructType bounds(StructType columns) {
    List<StructField> fields = new ArrayList<>();
    for (StructField column : columns.fields()) {
      DataType type = column.getDataType();
      if (type instanceof StructType inner) {
        StructType nested = bounds(inner);
        if (nested.length() > 0) {
          fields.add(new StructField(column.getName(), nested, true));
        }
      } else if (!isUnordered(type)) {
        fields.add(new StructField(column.getName(), type, true));
      }
    }
    return new StructType(fields);
  }

  private static boolean isUnordered(DataType type) {
    return type instanceof ArrayType
        || type instanceof MapType
        || type instanceof VariantType
        || type instanceof BinaryType;
  }

  private StructType counts(StructType columns, List<String> parent) {
    List<StructField> fields = new ArrayList<>();
    for (StructField column : columns.fields()) {
      List<String> path = new ArrayList<>(parent);
      path.add(column.getName());
      if (column.getDataType() instanceof StructType inner) {
        fields.add(new StructField(column.getName(), counts(inner, path), true));
      } else {
        fields.add(new StructField(column.getName(), LongType.LONG, true));
        leaves.add(List.copyOf(path));
      }
    }
    return new StructType(fields);
  }

  /** Actions with their statistics as columns too. */
  StructType addTo(StructType actions) {
    List<StructField> fields = new ArrayList<>();
    for (StructField action : actions.fields()) {
      fields.add(
          action.getName().equals("add")
              ? new StructField(
                  "add", ((StructType) action.getDataType()).add(NAME, type), action.isNullable())
              : action);
    }
    return new StructType(fields);
  }

  /** Writes the statistics of a batch of {@code add} actions, which have none as text, as text. */
  void toText(StructVector add) {
    VarCharVector text = (VarCharVector) add.getChild("stats");
    StructVector parsed = (StructVector) add.getChild(NAME);
    text.clear();
    for (int row = 0; row < add.getValueCount(); row++) {
      FileStats stats = add.isNull(row) || parsed.isNull(row) ? null : read(parsed, row);
      if (stats != null) {
        text.setSafe(row, FileStatsJson.format(stats).getBytes(StandardCharsets.UTF_8));
      }
    }
    text.setValueCount(add.getValueCount());
  }

  private @Nullable FileStats read(StructVector parsed, int row) {
    BigIntVector records = (BigIntVector) parsed.getChild("numRecords");
    if (records.isNull(row) || records.get(row) < 0) {
      return null;
    }
    Map<List<String>, FileStats.Column> columns = new HashMap<>();
    for (List<String> path : leaves) {
      Object min = value((StructVector) parsed.getChild("minValues"), path, row);
      Object max = value((StructVector) parsed.getChild("maxValues"), path, row);
      Long nulls = (Long) value((StructVector) parsed.getChild("nullCount"), path, row);
      if (min != null || max != null || nulls != null) {
        columns.put(path, new FileStats.Column(min, max, nulls));
      }
    }
    BitVector tight = (BitVector) parsed.getChild("tightBounds");
    return new FileStats(records.get(row), tight.isNull(row) || tight.get(row) != 0, columns);
  }

  private static @Nullable Object value(StructVector root, List<String> path, int row) {
    FieldVector vector = root;
    for (String name : path) {
      if (vector == null || vector.isNull(row)) {
        return null;
      }
      vector = ((StructVector) vector).getChild(name);
    }
    return vector == null ? null : ArrowValues.get(vector, row);
  }
}
