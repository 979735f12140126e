package io.neuralake.it.spark;

import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.NeuralTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Rows that tests write, and how SQL names the table that holds them. */
final class SampleRows {
  /** The columns of {@link #rows}. */
  static final StructType COLUMNS =
      new StructType()
          .add("id", LongType.LONG)
          .add("g", IntegerType.INTEGER)
          .add("name", StringType.STRING);

  private SampleRows() {}

  /** Rows with these ids, the last one excluded. */
  static List<Map<String, Object>> rows(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(i -> row("id", i, "g", (int) (i % 4), "name", "name-" + i))
        .toList();
  }

  /** A row, or a struct, of these columns. */
  static Map<String, Object> row(Object... keysAndValues) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      row.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return row;
  }

  /** The table in a statement of Spark. */
  static String sql(NeuralTable table) {
    return "delta.`" + table.location() + "`";
  }
}
