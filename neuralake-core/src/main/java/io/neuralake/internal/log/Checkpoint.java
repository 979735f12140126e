package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.TableFeature;
import io.neuralake.internal.meta.TableProperties.CheckpointPolicy;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.FileStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Writes a checkpoint of one version of a table of any protocol: in one file, or with sidecars
 * where {@code delta.checkpointPolicy} is {@code v2}. What is there at the end is complete: a
 * failure leaves nothing, or sidecars that nobody names. Not thread-safe.
 */
final class Checkpoint {

  private static final int SIDECAR_ROWS = 100_000;

  private static final int POINTER_BYTES = 1 << 20;

  private final LogSnapshot snapshot;
  private final Instant now;
  private final Supplier<UUID> names;
  private final FileStore store;
  private final BufferAllocator allocator;
  private final String folder;
  private long liveFiles;
  private long actions;
  private long bytes;

  /**
   * A checkpoint that is to be written.
   *
   * @param now decides which removed files and transactions are forgotten
   */
  Checkpoint(LogSnapshot snapshot, Instant now, Supplier<UUID> names) {
    this.snapshot = snapshot;
    this.now = now;
    this.names = names;
    this.store = snapshot.engine().files().store();
    this.allocator = snapshot.engine().allocator();
    this.folder = snapshot.table() + "/" + LogPaths.LOG_FOLDER + "/";
  }

  /** Writes it, unless there is one; then points to it. */
  void write() throws IOException {
    String name = folder + LogPaths.versionDigits(snapshot.version()) + ".checkpoint.";
    if (isThere(name)) {
      return;
    }
    CheckpointState state = new CheckpointState(snapshot, now);
    if (snapshot.metadata().properties().checkpointPolicy() == CheckpointPolicy.V2
        && snapshot.protocol().supports(TableFeature.V2_CHECKPOINT)) {
      writeWithSidecars(state, name + names.get() + ".parquet");
    } else {
      try (ActionFile file = file(name + "parquet", CheckpointSchema.CLASSIC)) {
        state.read(new Single(file));
        finish(file, state.others(CheckpointSchema.CLASSIC));
      }
    }
    point();
  }

  private boolean isThere(String name) throws IOException {
    Iterator<FileInfo> files = store.listFrom(name);
    while (files.hasNext()) {
      FileInfo file = files.next();
      LogName found = LogName.of(file.location());
      if (found == null || found.version() != snapshot.version() || !found.isCheckpoint()) {
        return false;
      }
      if (found.parts() == 1 && file.size() > 0) {
        return true;
      }
    }
    return false;
  }

  private ActionFile file(String location, StructType schema) throws IOException {
    return new ActionFile(store, location, schema, allocator);
  }

  private void finish(ActionFile file, List<@Nullable Object @Nullable []> others)
      throws IOException {
    file.addAll(others);
    actions += file.rows();
    bytes += file.finish();
  }

  private void writeWithSidecars(CheckpointState state, String manifest) throws IOException {
    StructType schema = CheckpointSchema.MANIFEST;
    List<@Nullable Object @Nullable []> rows = new ArrayList<>();
    rows.add(CheckpointSchema.row(schema, "checkpointMetadata", snapshot.version(), null));
    try (Sidecars sidecars = new Sidecars()) {
      state.read(sidecars);
      sidecars.end();
      rows.addAll(sidecars.rows);
    }
    rows.addAll(state.others(schema));
    try (ActionFile file = file(manifest, schema)) {
      finish(file, rows);
    }
  }

  /** Names the checkpoint in {@code _last_checkpoint}, unless that names a newer one. */
  private void point() throws IOException {
    String pointer = folder + "_last_checkpoint";
    if (pointed(pointer) < snapshot.version()) {
      store.write(
          pointer,
          CommitJson.MAPPER
              .createObjectNode()
              .put("version", snapshot.version())
              .put("size", actions)
              .put("sizeInBytes", bytes)
              .put("numOfAddFiles", liveFiles)
              .toString()
              .getBytes(StandardCharsets.UTF_8));
    }
  }

  private long pointed(String pointer) throws IOException {
    try {
      JsonNode there = CommitJson.MAPPER.readTree(store.read(pointer, POINTER_BYTES));
      return there.path("version").asLong(-1);
    } catch (FileNotFoundException | JsonProcessingException e) {
      return -1; // none, or damaged: the new one mends it
    }
  }

  /** All file actions into one file. */
  private final class Single implements CheckpointState.Files {
    private final ActionFile file;

    Single(ActionFile file) {
      this.file = file;
    }

    @Override
    public void bind(ColumnarBatch batch) {
      file.bind(batch);
    }

    @Override
    public void add(int row, boolean live) throws IOException {
      file.add(row);
      liveFiles += live ? 1 : 0;
    }
  }

  /** File actions into files of a bounded number of them. */
  private final class Sidecars implements CheckpointState.Files, AutoCloseable {
    private final List<@Nullable Object @Nullable []> rows = new ArrayList<>();
    private @Nullable ActionFile open;
    private @Nullable ColumnarBatch batch;
    private String name = "";

    @Override
    public void bind(ColumnarBatch next) {
      batch = next;
      if (open != null) {
        open.bind(next);
      }
    }

    @Override
    public void add(int row, boolean live) throws IOException {
      ActionFile file = open;
      if (file == null) {
        name = names.get() + ".parquet";
        file = file(LogPaths.sidecar(snapshot.table(), name), CheckpointSchema.FILES);
        open = file;
        file.bind(Objects.requireNonNull(batch));
      }
      file.add(row);
      liveFiles += live ? 1 : 0;
      if (file.rows() == SIDECAR_ROWS) {
        end();
      }
    }

    void end() throws IOException {
      ActionFile file = open;
      if (file != null) {
        actions += file.rows();
        long size = file.finish();
        bytes += size;
        rows.add(
            CheckpointSchema.row(
                CheckpointSchema.MANIFEST, "sidecar", name, size, now.toEpochMilli(), null));
        close();
      }
    }

    @Override
    public void close() {
      if (open != null) {
        open.close();
        open = null;
      }
    }
  }
}
