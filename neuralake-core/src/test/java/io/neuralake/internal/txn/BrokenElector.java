package io.neuralake.internal.txn;

import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;

/** An elector with a bug, to see that tests find it. */
record BrokenElector(RandomHistory.Bug bug) implements LockProvider {

  @Override
  public String name() {
    return "broken";
  }

  @Override
  public void commit(CommitFiles log, long version, byte[] content) throws IOException {
    String file = "%020d.json".formatted(version);
    if (bug == RandomHistory.Bug.ELECTOR_OVERWRITES) {
      log.write(file, content);
      return;
    }
    try {
      log.writeIfAbsent(file, content);
    } catch (FileAlreadyExistsException e) {
      if (bug != RandomHistory.Bug.NO_CONFLICT_RULES) {
        throw e;
      }
      commit(log, version + 1, content);
    } catch (IOException e) {
      if (bug != RandomHistory.Bug.BLIND_RETRY) {
        throw e;
      }
      commit(log, version + 1, content);
    }
  }
}
