package io.neuralake.internal.store;

import io.neuralake.lock.CommitFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;

/** The {@code _delta_log} of a table, on a file store. */
public final class StoredCommitFiles implements CommitFiles {
  private static final String LOG_FOLDER = "_delta_log";
  // A commit of a million files is about 500 MB; larger content is no commit.
  private static final long MAX_BYTES = 1L << 30;

  private final FileStore store;
  private final String tableLocation;
  private final String log;

  /**
   * Makes the view; no request is sent.
   *
   * @param tableLocation as the user gave it
   */
  public StoredCommitFiles(FileStore store, String tableLocation) {
    this.store = store;
    this.tableLocation = withoutTrailingSlashes(tableLocation);
    this.log = Locations.child(Locations.parse(tableLocation), LOG_FOLDER);
  }

  @Override
  public String tableLocation() {
    return tableLocation;
  }

  @Override
  public boolean exists(String name) throws IOException {
    try {
      store.stat(location(name));
      return true;
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  @Override
  public byte[] read(String name) throws IOException {
    return store.read(location(name), MAX_BYTES);
  }

  @Override
  public void write(String name, byte[] content) throws IOException {
    store.write(location(name), content);
  }

  @Override
  public void writeIfAbsent(String name, byte[] content) throws IOException {
    store.requireAtomicCreate(location(name));
    store.writeIfAbsent(location(name), content);
  }

  @Override
  public void delete(String name) throws IOException {
    store.delete(List.of(location(name)));
  }

  private String location(String name) {
    return Locations.resolveInside(log, name);
  }

  private static String withoutTrailingSlashes(String location) {
    int end = location.length();
    while (end > 1 && location.charAt(end - 1) == '/') {
      end--;
    }
    return location.substring(0, end);
  }
}
