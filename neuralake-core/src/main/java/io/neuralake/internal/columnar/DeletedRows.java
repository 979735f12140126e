package io.neuralake.internal.columnar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows of one file that are no longer part of the table (a deletion vector). Thread-safe. */
@FunctionalInterface
public interface DeletedRows {

  /** Whether the row at a position in the file, counted from 0, is deleted. */
  boolean isDeleted(long rowIndexInFile);

  /**
   * The other rows of a part of the file.
   *
   * @param first position of the part
   * @param rows of the part
   * @return ascending, counted from the part's first row; null if that is all of them
   */
  default int @Nullable [] live(long first, int rows) {
    int[] live = new int[rows];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      live[count] = row;
      count += isDeleted(first + row) ? 0 : 1;
    }
    return count == rows ? null : Arrays.copyOf(live, count);
  }
}
