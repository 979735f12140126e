package io.neuralake.lock;

import java.io.IOException;

/** Chooses the storage's own elector for each table. */
record AutomaticElector() implements LockProvider {

  @Override
  public String name() {
    return "automatic";
  }

  @Override
  public String name(CommitFiles log) {
    return LockProviders.forScheme(StorageElector.scheme(log)).name();
  }

  @Override
  public void commit(CommitFiles log, long version, byte[] content) throws IOException {
    LockProviders.forScheme(StorageElector.scheme(log)).commit(log, version, content);
  }
}
