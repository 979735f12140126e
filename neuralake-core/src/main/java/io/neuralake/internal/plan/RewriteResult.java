package io.neuralake.internal.plan;

import io.neuralake.internal.log.DataFile;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a task made of a file, or of rows that were in no file.
 *
 * @param file the file as it was; null if it stays as it is, or there was none
 * @param marked the same file with more rows deleted, by a vector within its descriptor; null if it
 *     goes
 * @param adds new data files
 * @param changes new files of row changes
 * @param counts what happened to rows
 * @param outcome what else the operation wants to know, null if nothing
 */
record RewriteResult(
    @Nullable DataFile file,
    @Nullable DataFile marked,
    List<DataFile> adds,
    List<DataFile> changes,
    RowCounts counts,
    @Nullable Serializable outcome)
    implements Serializable {

  /** Bytes of new files. */
  long bytes() {
    long bytes = 0;
    for (DataFile add : adds) {
      bytes += add.size();
    }
    for (DataFile change : changes) {
      bytes += change.size();
    }
    return bytes;
  }
}
