package io.neuralake.internal.plan;

import io.neuralake.internal.log.DataFile;
import java.io.Serializable;
import java.util.List;

/**
 * Writes the rows of files of one partition into new files.
 *
 * @param table what to know of the table
 * @param files the files, with their deletion vectors
 * @param fileBytes a new file is closed once it is about this large
 */
record RegroupTask(TaskTable table, List<DataFile> files, long fileBytes)
    implements FileTask<RegroupTask.Result> {

  /**
   * What has become of the files.
   *
   * @param files as they were
   * @param adds what holds their rows now
   * @param rows how many that are
   */
  record Result(List<DataFile> files, List<DataFile> adds, long rows) implements Serializable {

    long bytesBefore() {
      return files.stream().mapToLong(DataFile::size).sum();
    }

    long bytes() {
      return adds.stream().mapToLong(DataFile::size).sum();
    }
  }

  @Override
  public Result run(TaskHost host) {
    return new Regrouping(this, host).run();
  }
}
