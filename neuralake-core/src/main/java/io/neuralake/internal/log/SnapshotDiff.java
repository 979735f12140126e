package io.neuralake.internal.log;

import java.util.ArrayList;
import java.util.List;

/**
 * How the live files of two versions differ. It holds the files that differ; of the others their
 * keys while it is made, and nothing afterwards.
 *
 * @param added live in the later state alone, with statistics
 * @param removed live in the earlier state alone
 * @param files live files of the later state
 * @param bytes their bytes
 */
public record SnapshotDiff(List<DataFile> added, List<DataFile> removed, long files, long bytes) {

  /**
   * Compares; reads the log of {@code from} twice.
   *
   * @param from the earlier state; need not be the older version
   * @param to the later state
   */
  public static SnapshotDiff between(LogSnapshot from, LogSnapshot to) {
    FileKey key = new FileKey(from.table());
    FileKeys before = new FileKeys();
    try (LogSnapshot.Files files = from.files(false)) {
      while (files.hasNext()) {
        before.add(of(key, files.next()));
      }
    }
    FileKeys after = new FileKeys();
    List<DataFile> added = new ArrayList<>();
    long count = 0;
    long bytes = 0;
    try (LogSnapshot.Files files = to.files(true)) {
      while (files.hasNext()) {
        DataFile file = files.next();
        count++;
        bytes += file.size();
        after.add(of(key, file));
        if (!before.contains(key)) {
          added.add(file);
        }
      }
    }
    List<DataFile> removed = new ArrayList<>();
    try (LogSnapshot.Files files = from.files(false)) {
      while (files.hasNext()) {
        DataFile file = files.next();
        if (!after.contains(of(key, file))) {
          removed.add(file);
        }
      }
    }
    return new SnapshotDiff(List.copyOf(added), List.copyOf(removed), count, bytes);
  }

  private static FileKey of(FileKey key, DataFile file) {
    key.set(file.path(), file.deletionVector());
    return key;
  }
}
