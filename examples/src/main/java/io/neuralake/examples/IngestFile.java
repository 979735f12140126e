package io.neuralake.examples;

import io.delta.kernel.types.StructType;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.expr.Expr;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Appends a file of NDJSON or CSV to a table, as one version: all rows or none. The table is made
 * if it does not exist, with the columns of {@code --schema}, or those that a sample suggests. The
 * file is streamed: memory holds one batch of rows, however long the file is.
 *
 * <p>S3 is reached by the {@code AWS_*} environment variables.
 */
public final class IngestFile {
  private static final String USAGE =
      "IngestFile <file> <table location> [--format ndjson|csv] [--schema \"name type, ...\"]"
          + " [--partition-by column,...] [--sample rows]";

  private IngestFile() {}

  /** Runs the example and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    return Program.run(USAGE, IngestFile::run, args, out, err);
  }

  private static void run(List<String> args, PrintStream out) throws IOException {
    Options options = Options.parse(args);
    if (!Files.isRegularFile(options.file())) {
      throw new Program.BadArguments(options.file() + ": there is no such file.");
    }
    Report report = new Report(out);
    report.title("Ingest " + options.file().getFileName());
    try (NeuralLake lake = NeuralLake.fromEnvironment()) {
      NeuralTable table = lake.table(options.table());
      if (table.exists()) {
        report.step("table", "%s, version %d", table.location(), table.version());
      } else {
        table.create(schema(options)).partitionedBy(options.partitionBy()).commit();
        report.step("create", "%s", table.location());
      }
      StructType columns = table.schema();
      columns.fields().forEach(f -> report.detail("%-16s %s", f.getName(), f.getDataType()));
      CommitResult result = ingest(options, table, columns);
      report.step(
          "append",
          "version %d: %,d rows in %d files, %,d KiB",
          result.version(),
          result.changes().rowsAdded(),
          result.changes().filesAdded(),
          result.changes().bytesAdded() / 1024);
    }
  }

  private static StructType schema(Options options) throws IOException {
    if (options.schema() != null) {
      return columns(options.schema());
    }
    try (RowFile sample = options.open()) {
      StructType guess = SchemaGuess.of(sample, options.sample());
      if (guess.length() == 0) {
        throw new Program.BadArguments(
            options.file() + " holds no row to guess columns from. Give --schema.");
      }
      return guess;
    }
  }

  private static CommitResult ingest(Options options, NeuralTable table, StructType columns)
      throws IOException {
    try (RowFile file = options.open()) {
      Iterator<Map<String, @Nullable Object>> rows =
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return file.hasNext();
            }

            @Override
            public Map<String, @Nullable Object> next() {
              RowFile.Line line = file.next();
              try {
                return CellValues.row(line.cells(), columns, "");
              } catch (CellValues.BadValue e) {
                throw new RowFile.BadLine(
                        options.file().toString(), line.number(), String.valueOf(e.getMessage()))
                    .unchecked();
              }
            }
          };
      return table.append(rows).userMetadata("from " + options.file().getFileName()).commit();
    }
  }

  /** Columns written as {@code name type, name type not null}. */
  static StructType columns(String text) {
    StructType schema = new StructType();
    // Commas within parentheses belong to a type: decimal(10, 2).
    for (String column : text.split(",(?![^()]*\\))", -1)) {
      String[] parts = column.strip().split("\\s+", 2);
      if (parts.length != 2) {
        throw new Program.BadArguments(
            "'"
                + column.strip()
                + "' is not a column; write a name and a type, such as ts timestamp.");
      }
      boolean required = parts[1].toLowerCase(Locale.ROOT).endsWith(" not null");
      String type = required ? parts[1].substring(0, parts[1].length() - 9) : parts[1];
      schema = schema.add(parts[0], new Expr.Cast(Expr.col(parts[0]), type).type(), !required);
    }
    return schema;
  }

  /** What the arguments say. */
  private record Options(
      Path file,
      String table,
      boolean csv,
      @Nullable String schema,
      String[] partitionBy,
      int sample) {

    static Options parse(List<String> args) {
      Deque<String> left = new ArrayDeque<>(args);
      String file = null;
      String table = null;
      String format = null;
      String schema = null;
      String[] partitionBy = {};
      int sample = 1000;
      while (!left.isEmpty()) {
        String arg = left.removeFirst();
        switch (arg) {
          case "--format" -> format = value(arg, left);
          case "--schema" -> schema = value(arg, left);
          case "--partition-by" -> partitionBy = value(arg, left).split(",", -1);
          case "--sample" -> sample = positive(arg, value(arg, left));
          default -> {
            if (arg.startsWith("--") || table != null) {
              throw new Program.BadArguments("Unknown argument: " + arg);
            } else if (file == null) {
              file = arg;
            } else {
              table = arg;
            }
          }
        }
      }
      if (file == null || table == null) {
        throw new Program.BadArguments("A file and the location of a table are needed.");
      }
      return new Options(Path.of(file), table, isCsv(file, format), schema, partitionBy, sample);
    }

    RowFile open() throws IOException {
      return csv ? new CsvFile(file) : new NdjsonFile(file);
    }

    private static boolean isCsv(String file, @Nullable String format) {
      String name = format != null ? format : file.substring(file.lastIndexOf('.') + 1);
      return switch (name.toLowerCase(Locale.ROOT)) {
        case "csv" -> true;
        case "ndjson", "jsonl", "json" -> false;
        default ->
            throw new Program.BadArguments(
                "The format '" + name + "' is not known. Give --format ndjson or --format csv.");
      };
    }

    private static int positive(String option, String text) {
      if (!text.matches("[1-9]\\d{0,8}")) {
        throw new Program.BadArguments(option + " needs a number from 1 on, not '" + text + "'.");
      }
      return Integer.parseInt(text);
    }

    private static String value(String option, Deque<String> left) {
      String value = left.pollFirst();
      if (value == null) {
        throw new Program.BadArguments(option + " needs a value after it.");
      }
      return value;
    }
  }
}
