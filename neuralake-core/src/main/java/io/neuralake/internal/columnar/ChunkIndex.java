package io.neuralake.internal.columnar;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.jspecify.annotations.Nullable;

/** Where the data pages of a column chunk are, and which rows they hold: its offset index. */
final class ChunkIndex {
  private final long[] offsets;
  private final int[] sizes;
  private final int[] firstRows;
  private final int rows;

  private ChunkIndex(long[] offsets, int[] sizes, int[] firstRows, int rows) {
    this.offsets = offsets;
    this.sizes = sizes;
    this.firstRows = firstRows;
    this.rows = rows;
  }

  /**
   * Reads an offset index.
   *
   * @param rows of the row group
   * @return null if it is damaged or does not fit its chunk
   */
  static @Nullable ChunkIndex parse(Slice bytes, ColumnChunkMetaData chunk, int rows) {
    List<PageLocation> pages;
    try {
      ThriftBounds.check(bytes);
      OffsetIndex index =
          Util.readOffsetIndex(
              new ByteArrayInputStream(bytes.array(), bytes.offset(), bytes.length()));
      pages = index.getPage_locations();
    } catch (IOException | RuntimeException e) {
      return null;
    }
    long[] offsets = new long[pages.size()];
    int[] sizes = new int[pages.size()];
    int[] firstRows = new int[pages.size()];
    long position = chunk.getStartingPos();
    long end = position + chunk.getTotalSize();
    long row = -1;
    for (int i = 0; i < pages.size(); i++) {
      PageLocation page = pages.get(i);
      long size = page.getCompressed_page_size();
      boolean fits =
          page.getOffset() >= position
              && size > 0
              && size <= end - page.getOffset()
              && page.getFirst_row_index() > row
              && page.getFirst_row_index() < rows;
      if (!fits || (i == 0 && page.getFirst_row_index() != 0)) {
        return null;
      }
      offsets[i] = page.getOffset();
      sizes[i] = (int) size;
      row = page.getFirst_row_index();
      firstRows[i] = (int) row;
      position = page.getOffset() + size;
    }
    return pages.isEmpty() ? null : new ChunkIndex(offsets, sizes, firstRows, rows);
  }

  int pages() {
    return offsets.length;
  }

  /** Where a page is, its header included. */
  RangeFetch.Range bytes(int page) {
    return new RangeFetch.Range(offsets[page], sizes[page]);
  }

  int firstRow(int page) {
    return firstRows[page];
  }

  /** The first row behind a page. */
  int endRow(int page) {
    return page + 1 < firstRows.length ? firstRows[page + 1] : rows;
  }

  /** The page that holds a row. */
  int pageOf(int row) {
    int found = Arrays.binarySearch(firstRows, row);
    return found >= 0 ? found : -found - 2;
  }
}
