package io.neuralake.lock;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Tells what an elector does. */
record MeteredElector(LockProvider elector, Clock clock, LockMetrics metrics)
    implements LockProvider {

  @Override
  public String name() {
    return elector.name();
  }

  @Override
  public String name(CommitFiles log) {
    return elector.name(log);
  }

  @Override
  public void commit(CommitFiles log, long version, byte[] content) throws IOException {
    Instant began = clock.instant();
    String outcome = "unknown";
    try {
      elector.commit(log, version, content);
      outcome = "won";
    } catch (FileAlreadyExistsException e) {
      outcome = "taken";
      throw e;
    } finally {
      metrics.commitTried(name(log), Duration.between(began, clock.instant()), outcome);
    }
  }

  @Override
  public boolean recover(CommitFiles log) throws IOException {
    boolean recovered = elector.recover(log);
    if (recovered) {
      metrics.recovered(name(log));
    }
    return recovered;
  }

  @Override
  public void close() {
    elector.close();
  }
}
