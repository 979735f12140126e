package io.neuralake.internal.plan;

import io.neuralake.internal.log.DataFile;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of files of one partition into new files.
 *
 * @param table what to know of the table
 * @param files the files, with their deletion vectors
 * @param rows that these hold, about
 * @param targetBytes size of new files
 * @param layout the order of the rows, null for any
 */
record RegroupTask(
    TaskTable table, List<DataFile> files, long rows, long targetBytes, @Nullable Layout layout)
    implements FileTask<RegroupTask.Result> {

  /** Of a row, where nobody knows. */
  private static final long BYTES_PER_ROW = 32;

  /**
   * What has become of the files.
   *
   * @param files as they were
   * @param adds what holds their rows now
   * @param rows how many that are
   */
  record Result(List<DataFile> files, List<DataFile> adds, long rows) implements Serializable {

    long bytesBefore() {
      return sum(files);
    }

    long bytes() {
      return sum(adds);
    }
  }

  static RegroupTask of(
      TaskTable table, List<PlannedFile> files, long targetBytes, @Nullable Layout layout) {
    long rows = 0;
    for (PlannedFile file : files) {
      rows += file.liveRows() < 0 ? file.file().size() / BYTES_PER_ROW : file.liveRows();
    }
    return new RegroupTask(
        table, files.stream().map(PlannedFile::file).toList(), rows, targetBytes, layout);
  }

  /** Bytes of the files. */
  long bytes() {
    return sum(files);
  }

  private static long sum(List<DataFile> files) {
    return files.stream().mapToLong(DataFile::size).sum();
  }

  @Override
  public Result run(TaskHost host) {
    return new Regrouping(this, host).run();
  }
}
