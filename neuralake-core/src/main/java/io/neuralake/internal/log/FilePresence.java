package io.neuralake.internal.log;

import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.Locations;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the files that a log names are there. Few are asked for one by one; of many, the table is
 * listed once. Of a listing it holds the names. Not thread-safe.
 */
public final class FilePresence {

  /** So many requests cost less than a listing, whatever else lies in the folder. */
  private static final int FEW = 16;

  private static final int FILES_OF_A_LISTING = 1000;

  private final FileStore store;
  private final String table;
  private final @Nullable FileKeys listed;
  private final FileKey key;

  /**
   * Which of a file's parts are gone.
   *
   * @param file the file
   * @param data whether the data file is gone
   * @param vector whether its deletion vector is
   */
  public record Missing(DataFile file, boolean data, boolean vector) {}

  /**
   * Looks at the storage; files that are written from now on may go unnoticed.
   *
   * @param wanted about how many files will be asked for
   * @param tableFiles about how many the table's folder holds
   */
  public FilePresence(FileStore store, String table, long wanted, long tableFiles) {
    this.store = store;
    this.table = table;
    this.key = new FileKey(table);
    this.listed = wanted <= Math.max(FEW, tableFiles / FILES_OF_A_LISTING) ? null : list();
  }

  private FileKeys list() {
    FileKeys names = new FileKeys();
    String log = Locations.child(table, LogPaths.LOG_FOLDER) + "/";
    try {
      Iterator<FileInfo> files = store.listRecursively(table);
      while (files.hasNext()) {
        String location = files.next().location();
        if (!location.startsWith(log)) {
          key.set(DataPaths.encode(location), null);
          names.add(key);
        }
      }
      return names;
    } catch (IOException | UncheckedIOException e) {
      throw KernelErrors.translate(table, "listing the table's files", e);
    }
  }

  /** What of a file is gone; empty if it is there. */
  public Optional<Missing> missing(DataFile file) {
    boolean data = isGone(DataPaths.resolve(table, file.path()));
    DeletionVector vector = file.deletionVector();
    boolean deleted =
        vector != null
            && !vector.storageType().equals("i")
            && isGone(DeletionVectors.location(table, vector));
    return data || deleted ? Optional.of(new Missing(file, data, deleted)) : Optional.empty();
  }

  private boolean isGone(String location) {
    if (listed != null && location.startsWith(table + "/")) {
      key.set(DataPaths.encode(location), null);
      return !listed.contains(key);
    }
    try {
      store.stat(location);
      return false;
    } catch (FileNotFoundException e) {
      return true;
    } catch (IOException e) {
      throw KernelErrors.translate(table, "looking for the file " + location, e);
    }
  }
}
