package io.neuralake.cli;

import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import io.neuralake.read.Scan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "read",
    description = "Shows rows, or counts them.",
    footer = {
      "",
      "Examples:",
      "  neuralake read s3://lab/signals --where \"spike AND region = 'V1'\" --limit 5",
      "  neuralake read s3://lab/signals --count --version 12",
      "  neuralake read s3://lab/signals --select id,ts --at 2026-11-20T12:30:00Z --json"
    })
final class ReadCommand extends TableCommand {

  private static final int MOST_ROWS_OF_A_TABLE = 10_000;

  /** Which version. */
  static final class When {
    @Option(names = "--version", paramLabel = "N", description = "As of a version.")
    private @Nullable Long version;

    @Option(names = "--at", paramLabel = "TIME", description = "As of a moment, in ISO 8601.")
    private @Nullable String moment;
  }

  @ArgGroup(exclusive = true)
  private @Nullable When when;

  @Option(names = "--select", split = ",", paramLabel = "COLUMN", description = "Only these columns.")
  private List<String> columns = new ArrayList<>();

  @Option(names = "--where", paramLabel = "SQL", description = "Only rows for which it is true.")
  private @Nullable String where;

  @Option(
      names = {"-n", "--limit"},
      defaultValue = "20",
      description = "How many rows at most; ${DEFAULT-VALUE} if not given.")
  private long limit;

  @Option(names = "--count", description = "The number of rows instead of rows; has no limit.")
  private boolean count;

  @Override
  int run(NeuralTable table, CliConfig settings, Output output) {
    Scan scan = scan(table);
    if (where != null) {
      scan = scan.where(where);
    }
    if (count) {
      long rows = scan.count();
      if (json()) {
        output.json(Map.of("count", rows));
      } else {
        output.out().println(rows);
      }
      return Cli.OK;
    }
    scan = columns.isEmpty() ? scan : scan.select(columns);
    if (!json() && limit > MOST_ROWS_OF_A_TABLE) {
      throw new CliConfig.BadSetting(
          "More than " + MOST_ROWS_OF_A_TABLE + " rows are shown as JSON only. Add --json.");
    }
    try (Rows<Map<String, @Nullable Object>> rows = scan.limit(limit).maps()) {
      if (json()) {
        rows.forEach(row -> output.json(printable(row)));
      } else {
        print(rows, output);
      }
    }
    return Cli.OK;
  }

  private Scan scan(NeuralTable table) {
    if (when != null && when.version != null) {
      return table.asOf(when.version).scan();
    }
    return when != null && when.moment != null ? table.asOf(when.moment).scan() : table.scan();
  }

  private static void print(Rows<Map<String, @Nullable Object>> rows, Output output) {
    List<String> heading = new ArrayList<>();
    List<List<String>> cells = new ArrayList<>();
    for (Map<String, @Nullable Object> row : rows) {
      if (heading.isEmpty()) {
        heading.addAll(row.keySet());
      }
      cells.add(
          row.values().stream().map(v -> String.valueOf(printable(v)).replace("\n", "\\n")).toList());
    }
    if (cells.isEmpty()) {
      output.out().println("(no rows)");
    } else {
      output.table(heading, cells);
    }
  }

  /** Times and the like as text, bytes as hexadecimal digits. */
  private static @Nullable Object printable(@Nullable Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> printable = new LinkedHashMap<>();
      map.forEach((key, v) -> printable.put(String.valueOf(printable(key)), printable(v)));
      return printable;
    }
    if (value instanceof Iterable<?> list) {
      List<@Nullable Object> printable = new ArrayList<>();
      list.forEach(v -> printable.add(printable(v)));
      return printable;
    }
    if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return HexFormat.of().formatHex(bytes);
    }
    return value.toString();
  }
}
