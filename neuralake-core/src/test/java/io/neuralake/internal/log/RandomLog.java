package io.neuralake.internal.log;

import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.engine.Engine;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Logs with all that a replay may meet: deletion vectors, repeated adds, odd paths, checkpoints.
 */
final class RandomLog {

  static final String PROTOCOL =
      "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
          + "\"readerFeatures\":[\"deletionVectors\",\"v2Checkpoint\"],"
          + "\"writerFeatures\":[\"deletionVectors\",\"v2Checkpoint\",\"appendOnly\","
          + "\"invariants\"]}}\n";
  static final String METADATA =
      "{\"metaData\":{\"id\":\"5fba94ed-9794-4965-ba6e-6ee3c0d22af9\","
          + "\"format\":{\"provider\":\"parquet\",\"options\":{}},\"schemaString\":"
          + "\"{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"a\\\",\\\"type\\\":"
          + "\\\"long\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}},{\\\"name\\\":\\\"p\\\","
          + "\\\"type\\\":\\\"string\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}}]}\","
          + "\"partitionColumns\":[\"p\"],\"configuration\":{},\"createdTime\":1}}\n";

  private final Random random;
  private final Map<String, String> live = new LinkedHashMap<>();

  private RandomLog(Random random) {
    this.random = random;
  }

  /** Writes commits from version 0 on, with checkpoints and compacted commits among them. */
  static void write(FileStore store, String table, Random random, int commits) throws IOException {
    RandomLog log = new RandomLog(random);
    Engine engine = KernelEngine.on(store);
    String folder = table + "/_delta_log/";
    List<String> contents = new ArrayList<>();
    for (int version = 0; version < commits; version++) {
      String content = log.commit(version);
      contents.add(content);
      put(store, LogPaths.commit(table, version), content);
      if (random.nextInt(5) == 0) {
        Snapshot snapshot = TableManager.loadSnapshot(table).build(engine);
        snapshot.writeCheckpoint(engine);
        if (random.nextInt(3) == 0) {
          // As a manifest in JSON: what it says is what the classic form says as well.
          toManifest(store, table, version, log);
        }
      }
    }
    if (commits > 3 && random.nextInt(3) == 0) {
      compact(store, folder, contents, commits);
    }
  }

  private static void put(FileStore store, String location, String content) throws IOException {
    store.write(location, content.getBytes(StandardCharsets.UTF_8));
  }

  /** A version 2 checkpoint whose sidecar is the classic checkpoint of the same version. */
  private static void toManifest(FileStore store, String table, int version, RandomLog log)
      throws IOException {
    String folder = table + "/_delta_log/";
    String name = String.format("%020d.checkpoint", version);
    byte[] classic = store.read(folder + name + ".parquet", 1 << 30);
    store.write(folder + "_sidecars/part-1.parquet", classic);
    store.delete(List.of(folder + name + ".parquet"));
    put(
        store,
        folder + name + ".80a083e8-7026-4e79-81be-64bd76c43a11.json",
        "{\"checkpointMetadata\":{\"version\":"
            + version
            + "}}\n{\"sidecar\":{\"path\":\"part-1.parquet\",\"sizeInBytes\":"
            + classic.length
            + ",\"modificationTime\":1}}\n"
            + PROTOCOL
            + METADATA
            + (log.random.nextBoolean()
                ? "{\"remove\":{\"path\":\"gone\",\"dataChange\":true}}\n"
                : ""));
    store.delete(List.of(folder + "_last_checkpoint"));
  }

  /** Compacts two neighbours that name different files. */
  private static void compact(FileStore store, String folder, List<String> contents, int commits)
      throws IOException {
    int from = commits - 2;
    String older = contents.get(from);
    StringBuilder both = new StringBuilder(contents.get(from + 1));
    for (String line : older.split("\n")) {
      String path = path(line);
      if (path != null && !contents.get(from + 1).contains(path)) {
        both.append(line).append('\n');
      }
    }
    put(
        store,
        String.format("%s%020d.%020d.compacted.json", folder, from, from + 1),
        both.toString());
  }

  private static String path(String line) {
    int at = line.indexOf("\"path\":\"");
    return at < 0 ? null : line.substring(at, line.indexOf('"', at + 8) + 1);
  }

  private String commit(int version) {
    StringBuilder lines = new StringBuilder("{\"commitInfo\":{\"timestamp\":1,\"x\":[{}]}}\n");
    if (version == 0) {
      lines.append(PROTOCOL).append(METADATA);
    }
    List<String> keys = new ArrayList<>(live.keySet());
    for (String key : keys) {
      int fate = random.nextInt(8);
      if (fate == 0) {
        lines.append("{\"remove\":").append(live.remove(key)).append("}\n");
      } else if (fate == 1) {
        // Statistics recomputed: the same file is added again.
        lines.append(add(live.get(key)));
      } else if (fate == 2) {
        // Another deletion vector: the old logical file goes, the new one comes.
        String file = live.remove(key);
        lines.append("{\"remove\":").append(file).append("}\n");
        String plain = key.substring(0, key.indexOf(' '));
        String vector = vector();
        String next = logicalFile(plain, vector);
        live.put(plain + " " + vector, next);
        lines.append(add(next));
      }
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      String path = newPath(version, i);
      String vector = random.nextInt(4) == 0 ? vector() : "";
      String file = logicalFile(path, vector);
      live.put(path + " " + vector, file);
      lines.append(add(file));
    }
    return lines.toString();
  }

  private String newPath(int version, int i) {
    String name = "part-" + version + "-" + i;
    return switch (random.nextInt(5)) {
      case 0 -> "p=a%20b/" + name + ".parquet";
      case 1 -> "mem://lake/other/" + name + ".parquet";
      case 2 -> "/abs/" + name + "%2f.parquet";
      case 3 -> "p=%C3%A9/" + name + ".parquet";
      default -> name + ".parquet";
    };
  }

  private String vector() {
    return ",\"deletionVector\":{\"storageType\":\"u\",\"pathOrInlineDv\":\"ab^-aqEH.-t@S}K{vb[*"
        + random.nextInt(1000)
        + "\""
        + (random.nextBoolean() ? ",\"offset\":" + random.nextInt(3) : "")
        + ",\"sizeInBytes\":36,\"cardinality\":"
        + random.nextInt(10)
        + "}";
  }

  private static String logicalFile(String path, String vector) {
    return "{\"path\":\"" + path + "\",\"dataChange\":true" + vector + "}";
  }

  /** The add of a file, with the same name written in another way now and then. */
  private String add(String file) {
    String partition =
        switch (random.nextInt(3)) {
          case 0 -> "{\"p\":null}";
          case 1 -> "{\"p\":\"\\u00e9\\n\"}";
          default -> "{\"p\":\"a b\"}";
        };
    String stats =
        random.nextBoolean()
            ? ",\"stats\":\"{\\\"numRecords\\\":" + random.nextInt(100) + "}\""
            : "";
    String tags = random.nextInt(4) == 0 ? ",\"tags\":{\"k\":\"v\",\"n\":null}" : "";
    String rowIds = random.nextInt(4) == 0 ? ",\"baseRowId\":5,\"defaultRowCommitVersion\":2" : "";
    String body = random.nextBoolean() ? file : file.replace("%2f", "%2F");
    return "{\"add\":"
        + body.substring(0, body.length() - 1)
        + ",\"partitionValues\":"
        + partition
        + ",\"size\":"
        + random.nextInt(1 << 20)
        + ",\"modificationTime\":17"
        + stats
        + tags
        + rowIds
        + "}}\n";
  }
}
