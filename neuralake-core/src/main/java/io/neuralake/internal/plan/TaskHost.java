package io.neuralake.internal.plan;

import io.neuralake.exec.TaskExecutor;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.txn.TableContext;
import java.io.Serializable;
import java.util.function.Function;

/**
 * What tasks find where they run.
 *
 * @param stores the storage of a location
 * @param runtime time, randomness and memory
 */
public record TaskHost(Function<String, FileStore> stores, LakeRuntime runtime)
    implements TaskExecutor.Worker {

  /** The process of the lake that a table belongs to. */
  static TaskHost of(TableContext table) {
    FileStore store = table.log().store();
    return new TaskHost(location -> store, table.runtime());
  }

  @Override
  public <R extends Serializable> R run(TaskExecutor.Task<R> task) {
    return ((FileTask<R>) task).run(this);
  }
}
