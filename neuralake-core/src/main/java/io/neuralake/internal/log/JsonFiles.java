package io.neuralake.internal.log;

import io.delta.kernel.types.StructType;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** The live files that one JSON file of the log names: a commit, or a checkpoint's manifest. */
final class JsonFiles implements LogReplay.Source {

  /** Within a commit actions have no order, so removes count before adds, as far as we can see. */
  private static final int LINES_AT_ONCE = 1024;

  private static final int ADD = 0;
  private static final int REMOVE = 1;
  private static final int SIDECAR = 2;

  private final JsonRows rows;
  private final boolean withStats;
  private final boolean checkpoint;
  private final FileKeys seen;
  private final ObjLongConsumer<String> sidecars;
  private final String table;
  private final FileKey key;
  private final Deque<DataFile> adds = new ArrayDeque<>();
  private boolean ended;

  JsonFiles(
      LogEngine log,
      LogReplay.LogFile file,
      boolean withStats,
      FileKeys seen,
      ObjLongConsumer<String> sidecars)
      throws IOException {
    StructType actions =
        new StructType()
            .add("add", FileActions.add(withStats), true)
            .add("remove", FileActions.REMOVE, true);
    if (file.manifest()) {
      actions = actions.add("sidecar", FileActions.SIDECAR, true);
    }
    this.rows = JsonRows.open(log.files(), file.location(), file.size(), new JsonShape(actions));
    this.table = log.table();
    this.key = new FileKey(table);
    this.withStats = withStats;
    this.checkpoint = file.checkpoint();
    this.seen = seen;
    this.sidecars = sidecars;
  }

  @Override
  public @Nullable DataFile next() throws IOException {
    while (true) {
      for (DataFile file = adds.poll(); file != null; file = adds.poll()) {
        key.set(file.path(), file.deletionVector());
        if (checkpoint ? !seen.contains(key) : seen.add(key)) {
          return file;
        }
      }
      if (ended) {
        return null;
      }
      readLines();
    }
  }

  private void readLines() throws IOException {
    for (int i = 0; i < LINES_AT_ONCE; i++) {
      @Nullable Object[] row = rows.next();
      if (row == null) {
        ended = true;
        return;
      }
      if (row[ADD] instanceof Object[] add) {
        adds.add(file(add));
      }
      if (row[REMOVE] instanceof Object[] remove && !checkpoint) {
        key.set(
            text(remove[FileActions.REMOVE_PATH]),
            vector(remove[FileActions.REMOVE_DELETION_VECTOR]));
        seen.add(key);
      }
      if (row.length > SIDECAR && row[SIDECAR] instanceof Object[] sidecar) {
        Object size = Objects.requireNonNull(sidecar[FileActions.SIDECAR_SIZE]);
        sidecars.accept(text(sidecar[FileActions.SIDECAR_PATH]), (Long) size);
      }
    }
  }

  private DataFile file(@Nullable Object[] add) {
    return new DataFile(
        DataPaths.qualify(table, text(add[FileActions.PATH])),
        Objects.requireNonNull(strings(add[FileActions.PARTITION_VALUES])),
        number(add[FileActions.SIZE]),
        number(add[FileActions.MODIFICATION_TIME]),
        withStats ? (String) add[FileActions.STATS] : null,
        vector(add[FileActions.DELETION_VECTOR]),
        strings(add[FileActions.TAGS]),
        (Long) add[FileActions.BASE_ROW_ID],
        (Long) add[FileActions.DEFAULT_ROW_COMMIT_VERSION]);
  }

  private static @Nullable DeletionVector vector(@Nullable Object value) {
    if (!(value instanceof Object[] fields)) {
      return null;
    }
    return new DeletionVector(
        text(fields[FileActions.VECTOR_STORAGE_TYPE]),
        text(fields[FileActions.VECTOR_PATH]),
        (Integer) fields[FileActions.VECTOR_OFFSET],
        (Integer) Objects.requireNonNull(fields[FileActions.VECTOR_SIZE]),
        number(fields[FileActions.VECTOR_CARDINALITY]));
  }

  /** {@link JsonShape} has checked that what must be there is. */
  private static String text(@Nullable Object value) {
    return (String) Objects.requireNonNull(value);
  }

  private static long number(@Nullable Object value) {
    return (Long) Objects.requireNonNull(value);
  }

  @SuppressWarnings("unchecked") // a map of strings by its schema
  private static @Nullable Map<String, @Nullable String> strings(@Nullable Object value) {
    return value == null
        ? null
        : Collections.unmodifiableMap((Map<String, @Nullable String>) value);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
