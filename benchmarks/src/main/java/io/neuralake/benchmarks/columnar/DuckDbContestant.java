package io.neuralake.benchmarks.columnar;

import io.neuralake.benchmarks.common.SignalTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;

/** DuckDB through JDBC, on the data files themselves; its memory is outside the heap. */
final class DuckDbContestant implements Contestant {
  private static final int BATCH_ROWS = 1 << 16;

  private final Dataset dataset;
  private final DuckDBConnection connection;
  private final BufferAllocator allocator = new RootAllocator();
  private final String signals;
  private boolean loaded;

  DuckDbContestant(Dataset dataset, int threads) throws SQLException {
    this.dataset = dataset;
    this.connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
    this.signals = "read_parquet('" + quoted(dataset.signals()) + "/*.parquet')";
    execute("SET threads = " + threads);
    execute("SET memory_limit = '4GB'");
    execute("SET temp_directory = '" + quoted(dataset.scratch().resolve("duckdb-temp")) + "'");
  }

  private static String quoted(Path path) {
    return path.toString().replace("'", "''");
  }

  @Override
  public long run(Work work) throws Exception {
    return switch (work) {
      case AGGREGATE -> aggregate();
      case SCAN_ALL -> arrow("SELECT * FROM " + signals);
      case SCAN_THREE ->
          arrow("SELECT " + String.join(", ", Dataset.THREE_COLUMNS) + " FROM " + signals);
      case WRITE -> copy();
      default -> throw unsupported(work);
    };
  }

  private long aggregate() throws SQLException {
    String sums =
        SignalTable.SCHEMA.fieldNames().stream()
            .map(name -> "sum(" + number(name) + ")")
            .collect(Collectors.joining(", "));
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery("SELECT count(*), " + sums + " FROM " + signals)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** An expression that has to look at the values of a column. */
  private static String number(String column) {
    return switch (column) {
      case "signal_id", "region", "session_id" -> "strlen(" + column + ")";
      case "ts" -> "epoch_us(ts)::DOUBLE";
      case "spike" -> "spike::INT";
      default -> column;
    };
  }

  private long arrow(String query) throws SQLException, IOException {
    try (Statement statement = connection.createStatement();
        DuckDBResultSet result = (DuckDBResultSet) statement.executeQuery(query);
        ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, BATCH_ROWS)) {
      long rows = 0;
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
      return rows;
    }
  }

  private long copy() throws SQLException, IOException {
    if (!loaded) {
      execute("CREATE TABLE signals AS SELECT * FROM " + signals);
      loaded = true;
    }
    Path target = dataset.scratch().resolve("duckdb.parquet");
    Files.createDirectories(dataset.scratch());
    Files.deleteIfExists(target);
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(
          "COPY signals TO '"
              + quoted(target)
              + "' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3)");
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
    allocator.close();
  }
}
