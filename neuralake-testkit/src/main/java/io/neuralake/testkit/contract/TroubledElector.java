package io.neuralake.testkit.contract;

import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** An elector whose commits meet trouble on their way to the log. */
record TroubledElector(LockProvider elector, UnaryOperator<CommitFiles> trouble)
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
    elector.commit(trouble.apply(log), version, content);
  }

  @Override
  public boolean recover(CommitFiles log) throws IOException {
    return elector.recover(log);
  }

  @Override
  public void close() {
    elector.close();
  }
}
