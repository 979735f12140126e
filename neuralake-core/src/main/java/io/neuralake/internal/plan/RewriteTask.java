package io.neuralake.internal.plan;

import io.neuralake.internal.log.DataFile;

/**
 * Changes rows of one file.
 *
 * @param table what to know of the table
 * @param file the file, with its deletion vector
 * @param change what becomes of its rows
 */
record RewriteTask(TaskTable table, DataFile file, RowChange change)
    implements FileTask<RewriteResult> {

  @Override
  public RewriteResult run(TaskHost host) {
    return new FileRewrite(this, host).run();
  }
}
