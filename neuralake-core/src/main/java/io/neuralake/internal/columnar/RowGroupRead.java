package io.neuralake.internal.columnar;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.jspecify.annotations.Nullable;

/** The part of a row group that is to be read, and its bytes once they are fetched. */
final class RowGroupRead {
  private static final long MAX_WINDOW_BYTES = 8L << 20;
  private static final long MIN_WINDOW_BYTES = 1L << 20;

  private static final Slice NOTHING = new Slice(new byte[0], 0, 0);

  private final FileBytes file;
  private final ZstdDecompressCtx zstd;
  private final long fetchBytes;
  private final int windowBytes;
  private final List<RowRange> rows;
  private final long firstRow;
  private final long rowCount;
  private final List<Column> columns = new ArrayList<>();
  private final Map<ColumnPath, ChunkPages> pages = new HashMap<>();
  private long bytes;
  private long uncompressedBytes;
  private int pagesSkipped;

  /** A column and the ranges of its chunk: all of it, or a dictionary maybe and some pages. */
  private record Column(
      ColumnDescriptor column,
      ColumnChunkMetaData chunk,
      @Nullable ChunkIndex index,
      List<Integer> pages,
      List<RangeFetch.Range> ranges) {}

  /**
   * Rows of a row group.
   *
   * @param zstd for whoever decodes the pages
   * @param fetchBytes if more is wanted, larger columns are read in windows
   * @param firstRow of the row group in the file
   * @param rows to read
   */
  RowGroupRead(
      FileBytes file,
      ZstdDecompressCtx zstd,
      long fetchBytes,
      long firstRow,
      long rowCount,
      List<RowRange> rows) {
    this.fetchBytes = fetchBytes;
    this.windowBytes = (int) Math.max(MIN_WINDOW_BYTES, Math.min(MAX_WINDOW_BYTES, fetchBytes / 4));
    this.file = file;
    this.zstd = zstd;
    this.firstRow = firstRow;
    this.rowCount = rowCount;
    this.rows = rows;
  }

  /**
   * Adds a column.
   *
   * @param index where its pages are; null if all are read
   */
  void add(ColumnDescriptor column, ColumnChunkMetaData chunk, @Nullable ChunkIndex index) {
    List<Integer> wanted = new ArrayList<>();
    List<RangeFetch.Range> ranges = new ArrayList<>();
    uncompressedBytes += Math.max(0, chunk.getTotalUncompressedSize());
    long start = chunk.getStartingPos();
    if (index == null) {
      bytes += chunk.getTotalSize();
    } else {
      int before = Math.toIntExact(index.bytes(0).start() - start);
      if (before > 0) {
        ranges.add(new RangeFetch.Range(start, before));
      }
      int next = 0;
      for (RowRange range : rows) {
        for (int page = Math.max(next, index.pageOf(range.from()));
            page < index.pages() && index.firstRow(page) < range.to();
            page++) {
          wanted.add(page);
          ranges.add(index.bytes(page));
          next = page + 1;
        }
      }
      pagesSkipped += index.pages() - wanted.size();
      bytes += ranges.stream().mapToLong(RangeFetch.Range::length).sum();
    }
    columns.add(new Column(column, chunk, index, wanted, ranges));
  }

  /** The rows to read, in order. */
  List<RowRange> rows() {
    return rows;
  }

  /** The position in the file of the row group's first row. */
  long firstRow() {
    return firstRow;
  }

  /** Bytes that are wanted. */
  long bytes() {
    return bytes;
  }

  /** What a row takes before compression, approximately. */
  long bytesPerRow() {
    return Math.max(1, uncompressedBytes / rowCount);
  }

  int pagesSkipped() {
    return pagesSkipped;
  }

  /** The pages by column, fetched if they are not yet. */
  Map<ColumnPath, ChunkPages> pages(RangeFetch fetch) throws IOException {
    if (pages.size() < columns.size()) {
      boolean atOnce = bytes <= fetchBytes;
      long left = fetchBytes;
      List<RangeFetch.Range> ranges = new ArrayList<>();
      for (Column column : columns) {
        long size = column.chunk().getTotalSize();
        if (column.index() == null && (atOnce || size <= Math.min(left, windowBytes))) {
          column.ranges().add(all(column.chunk()));
          left -= size;
        }
        if (column.index() == null || atOnce) {
          ranges.addAll(column.ranges());
        }
      }
      List<Slice> slices = fetch.fetch(ranges);
      int at = 0;
      for (Column column : columns) {
        List<ChunkInput> inputs = new ArrayList<>();
        for (RangeFetch.Range range : column.ranges()) {
          Slice fetched = column.index() == null || atOnce ? slices.get(at++) : NOTHING;
          inputs.add(new ChunkInput(file, range.start(), range.length(), fetched, windowBytes));
        }
        pages.put(column.chunk().getPath(), pages(column, inputs));
      }
    }
    return pages;
  }

  private static RangeFetch.Range all(ColumnChunkMetaData chunk) {
    return new RangeFetch.Range(chunk.getStartingPos(), (int) chunk.getTotalSize());
  }

  private ChunkPages pages(Column column, List<ChunkInput> inputs) {
    ColumnChunkMetaData chunk = column.chunk();
    PageCodec codec = new PageCodec(chunk.getCodec(), zstd, file.location());
    ChunkIndex index = column.index();
    if (index == null) {
      ChunkInput input =
          inputs.isEmpty()
              ? new ChunkInput(
                  file, chunk.getStartingPos(), chunk.getTotalSize(), NOTHING, windowBytes)
              : inputs.get(0);
      return ChunkPages.inOrder(column.column(), input, codec, chunk.getValueCount());
    }
    ChunkInput dictionary = inputs.size() > column.pages().size() ? inputs.remove(0) : null;
    List<ChunkPages.Indexed> selected = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      int page = column.pages().get(i);
      selected.add(new ChunkPages.Indexed(inputs.get(i), index.firstRow(page), index.endRow(page)));
    }
    return ChunkPages.selected(column.column(), dictionary, selected, codec, chunk.getValueCount());
  }
}
