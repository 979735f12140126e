package io.neuralake.internal.columnar;

import io.neuralake.internal.columnar.PartFilter.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.internal.hadoop.metadata.IndexReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows of a row group that may match, by the bounds of its pages. Pages of different
 * columns hold different rows, so the filter is asked about the rows between any two neighbouring
 * page starts of its columns.
 */
final class PageSkipping {
  private static final long MAX_INDEX_BYTES = 64L << 20;

  private final FileBytes file;
  private final RangeFetch fetch;
  private final PartFilter filter;
  private final Map<List<String>, FileLeaf> leaves;

  PageSkipping(
      FileBytes file, RangeFetch fetch, PartFilter filter, Map<List<String>, FileLeaf> leaves) {
    this.file = file;
    this.fetch = fetch;
    this.filter = filter;
    this.leaves = leaves;
  }

  /**
   * The rows to read.
   *
   * @param rows in order, apart; maybe none
   * @param indexes where the pages of all wanted columns are
   */
  record Selected(List<RowRange> rows, Map<ColumnPath, ChunkIndex> indexes) {}

  /**
   * Selects rows.
   *
   * @param chunks all columns that are wanted
   * @param rowGroup what is known of the row group as a whole
   * @param rows of the row group
   * @param mayAsk whether requests for indexes pay
   * @return null if pages cannot be told apart, or all rows may match
   */
  @Nullable Selected select(
      Map<ColumnPath, ColumnChunkMetaData> chunks, RowGroupPart rowGroup, int rows, boolean mayAsk)
      throws IOException {
    Map<ColumnPath, FileLeaf> filtered = new HashMap<>();
    for (FileLeaf leaf : leaves.values()) {
      ColumnPath path = leaf.path();
      ColumnChunkMetaData chunk = path == null ? null : chunks.get(path);
      if (path != null && chunk != null && chunk.getColumnIndexReference() != null) {
        filtered.put(path, leaf);
      }
    }
    List<RangeFetch.Range> wanted = new ArrayList<>();
    for (ColumnChunkMetaData chunk : chunks.values()) {
      wanted.add(range(chunk.getOffsetIndexReference()));
      if (filtered.containsKey(chunk.getPath())) {
        wanted.add(range(chunk.getColumnIndexReference()));
      }
    }
    if (filtered.isEmpty() || !isReadable(wanted, mayAsk)) {
      return null;
    }
    List<Slice> slices = fetch.fetch(wanted);
    Map<ColumnPath, ChunkIndex> indexes = new HashMap<>();
    Map<ColumnPath, PageBounds> bounds = new HashMap<>();
    int at = 0;
    for (ColumnChunkMetaData chunk : chunks.values()) {
      ChunkIndex index = ChunkIndex.parse(slices.get(at++), chunk, rows);
      if (index == null) {
        return null;
      }
      indexes.put(chunk.getPath(), index);
      FileLeaf leaf = filtered.get(chunk.getPath());
      ColumnDescriptor column = leaf == null ? null : leaf.column();
      if (leaf != null && column != null) {
        PageBounds parsed =
            PageBounds.parse(slices.get(at++), leaf, column.getPrimitiveType(), index);
        if (parsed != null) {
          bounds.put(chunk.getPath(), parsed);
        }
      }
    }
    List<RowRange> selected = matching(bounds, rowGroup, rows);
    return selected.equals(List.of(new RowRange(0, rows))) ? null : new Selected(selected, indexes);
  }

  /** A chunk without an index gives an empty range. */
  private static RangeFetch.Range range(@Nullable IndexReference reference) {
    return reference == null || reference.getLength() <= 0
        ? new RangeFetch.Range(0, 0)
        : new RangeFetch.Range(reference.getOffset(), reference.getLength());
  }

  private boolean isReadable(List<RangeFetch.Range> wanted, boolean mayAsk) {
    long total = 0;
    for (RangeFetch.Range range : wanted) {
      total += range.length();
      if (range.length() == 0
          || range.start() < 4
          || range.length() > file.size() - range.start()
          || !(mayAsk || file.isLocal(range.start()))) {
        return false;
      }
    }
    return total <= MAX_INDEX_BYTES;
  }

  private List<RowRange> matching(
      Map<ColumnPath, PageBounds> bounds, RowGroupPart rowGroup, int rows) {
    SortedSet<Integer> starts = new TreeSet<>(List.of(0, rows));
    for (PageBounds column : bounds.values()) {
      for (int page = 0; page < column.pages().pages(); page++) {
        starts.add(column.pages().firstRow(page));
      }
    }
    List<RowRange> selected = new ArrayList<>();
    Pages pages = new Pages(leaves, bounds, rowGroup);
    int from = -1;
    for (int to : starts) {
      if (from >= 0 && filter.mayMatch(pages.at(from))) {
        int last = selected.size() - 1;
        boolean joins = last >= 0 && selected.get(last).to() == from;
        RowRange range = new RowRange(joins ? selected.remove(last).from() : from, to);
        selected.add(range);
      }
      from = to;
    }
    return selected;
  }

  /** Rows that are on one page of each column. */
  private static final class Pages implements PartFilter.Part {
    private final Map<List<String>, FileLeaf> leaves;
    private final Map<ColumnPath, PageBounds> bounds;
    private final RowGroupPart rowGroup;
    private int row;

    Pages(
        Map<List<String>, FileLeaf> leaves,
        Map<ColumnPath, PageBounds> bounds,
        RowGroupPart rowGroup) {
      this.leaves = leaves;
      this.bounds = bounds;
      this.rowGroup = rowGroup;
    }

    Pages at(int newRow) {
      row = newRow;
      return this;
    }

    @Override
    public @Nullable Range range(List<String> path) {
      FileLeaf leaf = leaves.get(path);
      PageBounds pages = leaf == null ? null : bounds.get(leaf.path());
      Range range = pages == null ? null : pages.range(pages.pages().pageOf(row));
      return range == null ? rowGroup.range(path) : range;
    }

    @Override
    public boolean mayContain(List<String> path, Object value) {
      return rowGroup.mayContain(path, value);
    }
  }
}
