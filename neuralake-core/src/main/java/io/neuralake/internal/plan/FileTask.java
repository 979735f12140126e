package io.neuralake.internal.plan;

import io.neuralake.exec.TaskExecutor;
import java.io.Serializable;

/** A task that knows how to run. */
interface FileTask<R extends Serializable> extends TaskExecutor.Task<R> {

  /** Does it; on any failure the files that it has begun are removed. */
  R run(TaskHost host);
}
