package io.neuralake.internal.columnar;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/** What a chunk's column index says of the values in its pages. */
final class PageBounds {
  private final FileLeaf leaf;
  private final PrimitiveType type;
  private final ChunkIndex pages;
  private final ColumnIndex index;

  private PageBounds(FileLeaf leaf, PrimitiveType type, ChunkIndex pages, ColumnIndex index) {
    this.leaf = leaf;
    this.type = type;
    this.pages = pages;
    this.index = index;
  }

  /**
   * Reads a column index.
   *
   * @return null if it is damaged or does not fit the pages
   */
  static @Nullable PageBounds parse(
      Slice bytes, FileLeaf leaf, PrimitiveType type, ChunkIndex pages) {
    ColumnIndex index;
    try {
      ThriftBounds.check(bytes);
      index =
          Util.readColumnIndex(
              new ByteArrayInputStream(bytes.array(), bytes.offset(), bytes.length()));
    } catch (IOException | RuntimeException e) {
      return null;
    }
    int count = pages.pages();
    boolean fits =
        index.getNull_pagesSize() == count
            && index.getMin_valuesSize() == count
            && index.getMax_valuesSize() == count
            && (!index.isSetNull_counts() || index.getNull_countsSize() == count)
            && (!index.isSetNan_counts() || index.getNan_countsSize() == count);
    return fits ? new PageBounds(leaf, type, pages, index) : null;
  }

  ChunkIndex pages() {
    return pages;
  }

  /** What is known of a page. */
  PartFilter.@Nullable Range range(int page) {
    long rows = pages.endRow(page) - (long) pages.firstRow(page);
    long nulls = index.isSetNull_counts() ? index.getNull_counts().get(page) : -1;
    if (index.getNull_pages().get(page)) {
      return nulls >= 0 && nulls != rows ? null : PartFilter.Range.NULLS;
    }
    Statistics.Builder builder = Statistics.getBuilderForReading(type);
    byte[] min = bound(index.getMin_values(), page);
    byte[] max = bound(index.getMax_values(), page);
    if (min != null && max != null) {
      builder.withMin(min).withMax(max);
    }
    if (nulls >= 0) {
      builder.withNumNulls(nulls);
    }
    Statistics<?> statistics = builder.build();
    if (index.isSetNan_counts()) {
      statistics.incrementNanCount(index.getNan_counts().get(page));
    }
    return LeafBounds.range(type, leaf.type(), statistics, rows);
  }

  private byte @Nullable [] bound(List<ByteBuffer> bounds, int page) {
    ByteBuffer buffer = bounds.get(page).duplicate();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    int width = PlainDecoder.width(type);
    int expected =
        type.getPrimitiveTypeName() == PrimitiveType.PrimitiveTypeName.BOOLEAN ? 1 : width;
    return expected > 0 && bytes.length != expected ? null : bytes;
  }
}
