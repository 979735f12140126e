package com.example.lab;

import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.CommitName;
import io.neuralake.lock.LockProvider;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;

/**
 * The lab's own lock provider. It looks whether a version is free, and writes it if so: which is
 * wrong, as its test finds out.
 */
public final class ClaimingLockProvider implements LockProvider {
  @Override
  public String name() {
    return "claiming";
  }

  @Override
  public void commit(CommitFiles log, long version, byte[] content) throws IOException {
    String file = CommitName.of(version);
    if (log.exists(file)) {
      throw new FileAlreadyExistsException(file);
    }
    log.write(file, content); // another may have written it since we looked
  }
}
