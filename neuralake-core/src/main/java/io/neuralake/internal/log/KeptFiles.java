package io.neuralake.internal.log;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.store.Locations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The names below a table's folder that some version still needs: of data files, deletion vectors
 * and change data. Of each it holds a hash of 64 bits, because there may be millions; two names
 * with the same hash are both kept. Whatever a name in the log might mean is kept too. Not
 * thread-safe while it grows.
 */
public final class KeptFiles {

  private static final int MOST_SAMPLES = 4096;

  private final String table;
  private final boolean links;
  private long[] slots = new long[1024];
  private int size;
  private List<String> samples = new ArrayList<>();
  private int sampleEvery = 1;

  /** Keeps nothing yet. */
  public KeptFiles(String table) {
    this.table = table;
    this.links = Locations.scheme(table).equals("file");
  }

  /**
   * The files of a version, and those that were removed before it, but not before a moment.
   *
   * @param removedSinceMillis the moment, milliseconds since the epoch
   * @throws CorruptTableException if the version names a file whose place cannot be told
   */
  public static KeptFiles of(LogSnapshot snapshot, long removedSinceMillis) {
    KeptFiles kept = new KeptFiles(snapshot.table());
    try {
      CheckpointState.ofNames(snapshot, removedSinceMillis - 1).read(kept.new Reader());
      return kept;
    } catch (IOException | UncheckedIOException e) {
      throw KernelErrors.translate(snapshot.table(), "reading which files are needed", e);
    }
  }

  /** Keeps what a commit has added, removed, or written of changes. */
  public void keep(CommitContent commit) {
    commit.adds().forEach(add -> keep(add.file().path(), add.file().deletionVector(), false));
    commit.removes().forEach(r -> keep(r.path(), r.file().deletionVector(), false));
    keepChanges(commit);
  }

  /** Keeps what a commit has written of changes. */
  public void keepChanges(CommitContent commit) {
    commit.changes().forEach(file -> keep(file.path(), null, false));
  }

  /**
   * Keeps a name.
   *
   * @param path raw, relative to the table
   * @return false if it, or one with its hash, was kept before
   */
  public boolean keep(String path) {
    long hash = hash(path);
    int slot = find(hash);
    if (slots[slot] != 0) {
      return false;
    }
    slots[slot] = hash;
    if (size++ % sampleEvery == 0) {
      sample(path);
    }
    if (size > slots.length / 3 * 2) {
      grow();
    }
    return true;
  }

  /**
   * Whether a name is, or may be, kept.
   *
   * @param path raw, relative to the table
   */
  public boolean contains(String path) {
    return slots[find(hash(path))] != 0;
  }

  /** How many names are kept. */
  public int size() {
    return size;
  }

  /** Names that divide those kept into about as many equal parts, in ascending order. */
  public List<String> cuts(int parts) {
    List<String> sorted = samples.stream().distinct().sorted(KeptFiles::compareUtf8).toList();
    List<String> cuts = new ArrayList<>();
    for (int i = 1; i < parts && sorted.size() >= parts; i++) {
      cuts.add(sorted.get((int) ((long) sorted.size() * i / parts)));
    }
    return cuts;
  }

  /**
   * The raw path, relative to the table, of a file that a version has removed; empty if the log
   * does not name it by such a path, so that it may be another table's, or nobody's.
   */
  public static Optional<String> relative(String table, String logPath) {
    if (DataPaths.isAbsolute(logPath)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Locations.relativize(table, DataPaths.resolve(table, logPath)));
    } catch (CorruptTableException e) {
      return Optional.empty();
    }
  }

  /** The same of a deletion vector; empty too if it is not in a file of its own. */
  public static Optional<String> relative(String table, @Nullable DeletionVector vector) {
    if (vector == null || !vector.storageType().equals("u")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Locations.relativize(table, DeletionVectors.location(table, vector)));
    } catch (CorruptTableException e) {
      return Optional.empty();
    }
  }

  /** Keeps what a file's entry names; of a live file its place must be known. */
  private void keep(String logPath, @Nullable DeletionVector vector, boolean live) {
    keep(logPath);
    try {
      keepLocation(DataPaths.resolve(table, logPath));
    } catch (CorruptTableException e) {
      if (live) {
        throw e;
      }
    }
    if (vector != null && !vector.storageType().equals("i")) {
      try {
        keepLocation(DeletionVectors.location(table, vector));
      } catch (CorruptTableException e) {
        if (live) {
          throw e;
        }
      }
    }
  }

  /** The same file may be named by another scheme, another host, or through a link. */
  private void keepLocation(String location) {
    String folder = Locations.path(table) + "/";
    String path = Locations.path(location);
    if (path.startsWith(folder)) {
      keep(path.substring(folder.length()));
    } else if (links) {
      for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
        keep(path.substring(slash + 1));
      }
    }
  }

  private void sample(String path) {
    if (samples.size() == MOST_SAMPLES) {
      List<String> half = new ArrayList<>();
      for (int i = 0; i < samples.size(); i += 2) {
        half.add(samples.get(i));
      }
      samples = half;
      sampleEvery *= 2;
    }
    samples.add(path);
  }

  private static int compareUtf8(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private int find(long hash) {
    int mask = slots.length - 1;
    int slot = (int) hash & mask;
    while (slots[slot] != 0 && slots[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[Math.multiplyExact(old.length, 2)];
    for (long hash : old) {
      if (hash != 0) {
        slots[find(hash)] = hash;
      }
    }
  }

  private static long hash(String path) {
    long hash = path.length();
    for (int i = 0; i < path.length(); i++) {
      hash = (hash ^ path.charAt(i)) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 29;
    }
    hash = (hash ^ (hash >>> 32)) * 0xd6e8feb86659fd93L;
    hash ^= hash >>> 32;
    return hash == 0 ? 1 : hash;
  }

  private final class Reader implements CheckpointState.Files {
    private @Nullable ColumnVector adds;
    private @Nullable ColumnVector removes;

    @Override
    public void bind(ColumnarBatch batch) {
      adds = batch.getColumnVector(0);
      removes = batch.getColumnVector(1);
    }

    @Override
    public void add(int row, boolean live) {
      ColumnVector actions = live ? adds : removes;
      if (actions != null) {
        ColumnVector vectors = actions.getChild(FileActions.REMOVE_DELETION_VECTOR);
        keep(
            actions.getChild(FileActions.REMOVE_PATH).getString(row),
            CheckpointState.vector(vectors, row),
            live);
      }
    }
  }
}
