package io.neuralake.benchmarks.common;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.kernel.TableManager;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.types.StructField;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.hadoop.conf.Configuration;

/**
 * A log that speaks of many data files, none of which exists: listing them needs the log alone.
 * Every commit adds {@value #FILES_OF_COMMIT} files with the statistics of ten columns.
 */
public final class ManyFiles {
  private static final int FILES_OF_COMMIT = 1000;
  private static final int COMMITS_AFTER_CHECKPOINT = 5;
  private static final long TIME = 1_750_000_000_000L;

  private final ObjectMapper json = new ObjectMapper();
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);
  private final Path table;
  private final int files;

  public ManyFiles(Path table, int files) {
    this.table = table;
    this.files = files;
  }

  /**
   * Writes the log.
   *
   * @param checkpoint whether a checkpoint holds all but the last few commits
   */
  public void write(boolean checkpoint) throws IOException {
    Files.createDirectories(table.resolve("_delta_log"));
    int commits = (files + FILES_OF_COMMIT - 1) / FILES_OF_COMMIT;
    for (int version = 0; version < commits; version++) {
      int first = version * FILES_OF_COMMIT;
      writeCommit(version, first, Math.min(files, first + FILES_OF_COMMIT));
      if (checkpoint && version == Math.max(0, commits - 1 - COMMITS_AFTER_CHECKPOINT)) {
        writeCheckpoint();
      }
    }
  }

  private void writeCommit(int version, int from, int to) throws IOException {
    Path commit =
        table.resolve("_delta_log").resolve(String.format(Locale.ROOT, "%020d.json", version));
    try (BufferedWriter out = Files.newBufferedWriter(commit)) {
      if (version == 0) {
        line(out, protocol());
        line(out, metadata());
      }
      for (int file = from; file < to; file++) {
        line(out, add(file));
      }
    }
  }

  private static void line(BufferedWriter out, ObjectNode action) throws IOException {
    out.write(action.toString());
    out.write('\n');
  }

  private ObjectNode protocol() {
    ObjectNode action = json.createObjectNode();
    action.putObject("protocol").put("minReaderVersion", 1).put("minWriterVersion", 2);
    return action;
  }

  private ObjectNode metadata() {
    ObjectNode schema = json.createObjectNode().put("type", "struct");
    for (StructField field : SignalTable.SCHEMA.fields()) {
      schema
          .withArray("fields")
          .addObject()
          .put("name", field.getName())
          .put("type", field.getDataType().toString())
          .put("nullable", true)
          .putObject("metadata");
    }
    ObjectNode action = json.createObjectNode();
    ObjectNode metadata = action.putObject("metaData");
    metadata.put("id", "5a1cdb3c-63e2-4a4c-8a12-0e6b7d8a3f55");
    metadata.putObject("format").put("provider", "parquet").putObject("options");
    metadata.put("schemaString", schema.toString());
    metadata.putArray("partitionColumns");
    metadata.putObject("configuration");
    metadata.put("createdTime", TIME);
    return action;
  }

  private ObjectNode add(int file) {
    ObjectNode action = json.createObjectNode();
    ObjectNode add = action.putObject("add");
    add.put(
        "path",
        String.format(
            Locale.ROOT,
            "part-%05d-%016x-%016x-c000.zstd.parquet",
            file % FILES_OF_COMMIT,
            random.nextLong(),
            random.nextLong()));
    add.putObject("partitionValues");
    add.put("size", 1_000_000 + random.nextInt(1_000_000));
    add.put("modificationTime", TIME + file);
    add.put("dataChange", true);
    add.put("stats", statistics(file).toString());
    return action;
  }

  private ObjectNode statistics(int file) {
    ObjectNode stats = json.createObjectNode().put("numRecords", 10_000 + random.nextInt(1000));
    bounds(stats.putObject("minValues"), file, 0);
    bounds(stats.putObject("maxValues"), file, 1);
    ObjectNode nulls = stats.putObject("nullCount");
    SignalTable.SCHEMA
        .fieldNames()
        .forEach(name -> nulls.put(name, name.equals("quality") ? 625 : 0));
    return stats;
  }

  private void bounds(ObjectNode bounds, int file, int side) {
    bounds.put("signal_id", String.format(Locale.ROOT, "%016x", random.nextLong()));
    bounds.put("neuron_id", side * 1023);
    bounds.put("region", side == 0 ? "M1" : "V1");
    bounds.put("session_id", "session-" + (1_000_000 + file + side));
    bounds.put("ts", java.time.Instant.ofEpochMilli(TIME + file * 10L + side * 10L).toString());
    bounds.put("voltage", -80 + side * 120 + random.nextDouble());
    bounds.put("frequency_hz", side * 100 + random.nextDouble());
    bounds.put("amplitude", (float) (side * 200 + random.nextDouble()));
    bounds.put("quality", 1 + side * 4);
  }

  private void writeCheckpoint() throws IOException {
    DefaultEngine engine = DefaultEngine.create(new Configuration());
    SnapshotImpl snapshot =
        (SnapshotImpl) TableManager.loadSnapshot(table.toString()).build(engine);
    snapshot.writeCheckpoint(engine);
  }
}
