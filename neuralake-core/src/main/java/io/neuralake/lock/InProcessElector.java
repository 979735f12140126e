package io.neuralake.lock;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Looks, then writes, under a mutex. One for all tables, as one table may be spelled in several
 * ways.
 */
final class InProcessElector implements LockProvider {
  static final InProcessElector INSTANCE = new InProcessElector();

  private final ReentrantLock mutex = new ReentrantLock();

  private InProcessElector() {}

  @Override
  public String name() {
    return "in-process";
  }

  @Override
  public void commit(CommitFiles log, long version, byte[] content) throws IOException {
    String file = CommitName.of(version);
    try {
      mutex.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var interrupted =
          new InterruptedIOException(
              log.tableLocation() + ": interrupted before committing version " + version + ".");
      interrupted.initCause(e);
      throw interrupted;
    }
    try {
      if (log.exists(file)) {
        throw new FileAlreadyExistsException(
            log.tableLocation() + "/_delta_log/" + file, null, "exists already");
      }
      log.write(file, content);
    } finally {
      mutex.unlock();
    }
  }
}
