package io.neuralake.internal.columnar;

import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.internal.columnar.PartFilter.Range;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * What the footer of a Parquet file, whoever wrote it, says of it.
 *
 * @param schema its columns as Delta types
 * @param stats rows and statistics, as far as they are known for certain
 */
public record ParquetContent(StructType schema, FileStats stats) {

  /**
   * Reads a footer (usually one request).
   *
   * @param size bytes of the file
   * @param counted the columns of which statistics are wanted
   * @throws io.neuralake.error.InvalidRequestException if a column has a type that Delta has not
   * @throws CorruptTableException if it is no intact Parquet file
   */
  public static ParquetContent read(
      FileStore store, String location, long size, Function<StructType, Set<List<String>>> counted)
      throws IOException {
    try (FileBytes file = new FileBytes(store.open(location, size), new ReadCounters())) {
      ParquetFooter footer = ParquetFooter.read(file);
      StructType schema = new DeltaTypes(location).struct(footer.schema());
      return new ParquetContent(schema, stats(footer, schema, counted.apply(schema)));
    } catch (NeuralLakeException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw new CorruptTableException(
          location + ": it is no intact Parquet file: " + e.getMessage() + ".", e);
    }
  }

  private static FileStats stats(
      ParquetFooter footer, StructType schema, Set<List<String>> counted) {
    long rows = 0;
    List<Map<ColumnPath, ColumnChunkMetaData>> chunks = new ArrayList<>();
    for (BlockMetaData rowGroup : footer.rowGroups()) {
      rows += rowGroup.getRowCount();
      chunks.add(ParquetFooter.chunks(rowGroup));
    }
    Map<List<String>, FileStats.Column> columns = new HashMap<>();
    for (List<String> path : counted) {
      String[] inFile = path.toArray(String[]::new);
      DataType type = type(schema, path);
      if (isLeaf(footer.schema(), inFile)) {
        PrimitiveType leaf = footer.schema().getColumnDescription(inFile).getPrimitiveType();
        columns.put(path, column(footer.rowGroups(), chunks, ColumnPath.get(inFile), leaf, type));
      }
    }
    return new FileStats(rows, true, columns);
  }

  private static DataType type(StructType schema, List<String> path) {
    DataType type = schema;
    for (String name : path) {
      StructField field = ((StructType) type).get(name);
      type = field.getDataType();
    }
    return type;
  }

  /** Lists and maps have no bounds, and their nulls are not those of what is in them. */
  private static boolean isLeaf(MessageType file, String[] path) {
    return file.containsPath(path) && file.getType(path).isPrimitive();
  }

  private static FileStats.Column column(
      List<BlockMetaData> rowGroups,
      List<Map<ColumnPath, ColumnChunkMetaData>> chunks,
      ColumnPath path,
      PrimitiveType leaf,
      DataType type) {
    @Nullable Object min = null;
    @Nullable Object max = null;
    boolean minKnown = true;
    boolean maxKnown = true;
    long nulls = 0;
    boolean counted = true;
    for (int i = 0; i < rowGroups.size(); i++) {
      ColumnChunkMetaData chunk = chunks.get(i).get(path);
      Statistics<?> statistics = chunk == null ? null : chunk.getStatistics();
      if (statistics == null) {
        return new FileStats.Column(null, null, null);
      }
      counted &= statistics.isNumNullsSet();
      nulls += Math.max(0, statistics.getNumNulls());
      Range range = LeafBounds.range(leaf, type, statistics, rowGroups.get(i).getRowCount());
      if (range.mayBeValue()) {
        minKnown &= range.min() != null;
        maxKnown &= range.max() != null;
        min = further(min, range.min(), -1);
        max = further(max, range.max(), 1);
      }
    }
    return new FileStats.Column(
        minKnown && min != null ? bound(type, min, false) : null,
        maxKnown && max != null ? bound(type, max, true) : null,
        counted ? (Long) nulls : null);
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Object further(@Nullable Object one, @Nullable Object other, int sign) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return Integer.signum(((Comparable<Object>) one).compareTo(other)) == sign ? one : other;
  }

  /** A bound of a part, as it stands in the log; null for types without an order there. */
  private static @Nullable Object bound(DataType type, Object value, boolean upper) {
    if (value instanceof Long number) {
      if (type instanceof TimestampType || type instanceof TimestampNTZType) {
        long millis = upper ? Timestamps.millisUp(number) : Timestamps.millisDown(number);
        return type instanceof TimestampType
            ? (Object) Timestamps.instant(millis)
            : Timestamps.dateTime(millis);
      }
      boolean integer =
          type instanceof ByteType
              || type instanceof ShortType
              || type instanceof IntegerType
              || type instanceof LongType;
      return type instanceof DateType
          ? (Object) LocalDate.ofEpochDay(number)
          : integer ? number : null;
    } else if (value instanceof Double number) {
      return type instanceof FloatType
          ? (Object) number.floatValue()
          : type instanceof DoubleType ? number : null;
    } else if (value instanceof BigDecimal decimal) {
      return type instanceof DecimalType ? decimal : null;
    } else if (value instanceof io.neuralake.expr.Binary bytes && type instanceof StringType) {
      LeafStats.Strings text = new LeafStats.Strings();
      byte[] utf8 = bytes.toByteArray();
      text.add(utf8, utf8);
      return upper ? text.max() : text.min();
    }
    return null;
  }
}
