package io.neuralake.internal.columnar;

import org.apache.parquet.column.Encoding;

/**
 * One data page, decompressed.
 *
 * @param levelCount levels, which is values including nulls
 * @param repetitions the page's repetition levels
 * @param definitions the page's definition levels
 * @param encoding of the values
 * @param values the encoded values
 * @param firstRow the row in the row group that it starts with, if an index says so, else {@link
 *     #UNKNOWN}
 * @param endRow the first row behind it, or {@link #UNKNOWN}
 */
record Page(
    int levelCount,
    LevelDecoder repetitions,
    LevelDecoder definitions,
    Encoding encoding,
    Slice values,
    int firstRow,
    int endRow) {
  static final int UNKNOWN = -1;

  /**
   * The same at a known place.
   *
   * @throws CorruptPageException if it does not hold as many rows, or starts within one
   */
  Page at(int first, int end) {
    if (repetitions.countRows(levelCount) != end - first) {
      throw new CorruptPageException(
          "a page does not hold the rows " + first + " to " + end + " that its index promises");
    }
    return new Page(levelCount, repetitions, definitions, encoding, values, first, end);
  }
}
