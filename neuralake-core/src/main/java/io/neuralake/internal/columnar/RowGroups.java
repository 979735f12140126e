package io.neuralake.internal.columnar;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.jspecify.annotations.Nullable;

/**
 * The row groups of a file that may hold matching rows, in order, each with its bytes. Where there
 * are workers, the next one is fetched while the current one is decoded, as long as both together
 * stay below a bound. Not thread-safe.
 */
final class RowGroups implements AutoCloseable {
  /** Bytes of the current and the next row group together. */
  private static final long MAX_AHEAD_BYTES = 64L << 20;

  /** Less than this is read rather than asked about with a request of its own. */
  private static final long MIN_BYTES_TO_ASK = 1L << 20;

  private final FileBytes file;
  private final List<BlockMetaData> rowGroups;
  private final FileColumns columns;
  private final ReadSpec spec;
  private final @Nullable PartFilter filter;
  private final Map<List<String>, FileLeaf> leaves = new HashMap<>();
  private final ZstdDecompressCtx zstd;
  private final ReadCounters counters;
  private final RangeFetch fetch;
  private final boolean readsAhead;
  private int next;
  private long nextRow;
  private @Nullable FutureTask<Optional<RowGroupRead>> ahead;

  RowGroups(
      FileBytes file,
      ParquetFooter footer,
      FileColumns columns,
      ReadSpec spec,
      ZstdDecompressCtx zstd,
      @Nullable Executor workers,
      ReadCounters counters) {
    this.file = file;
    this.rowGroups = footer.rowGroups();
    this.columns = columns;
    this.spec = spec;
    this.filter = spec.filter();
    this.zstd = zstd;
    this.counters = counters;
    this.fetch = new RangeFetch(file, workers);
    this.readsAhead = workers != null;
    if (filter != null) {
      for (List<String> path : filter.columns()) {
        FileLeaf leaf = columns.leaf(path);
        if (leaf != null) {
          leaves.put(path, leaf);
        }
      }
    }
  }

  /** Hands the pages of the next row group to the columns' readers; null at the end. */
  @Nullable RowGroupRead next() throws IOException {
    FutureTask<Optional<RowGroupRead>> begun = ahead;
    ahead = null;
    RowGroupRead current = (begun == null ? plan() : RangeFetch.join(begun)).orElse(null);
    if (current == null) {
      return null;
    }
    current
        .pages(fetch)
        .forEach(
            (path, pages) -> {
              LeafReader reader = columns.leaves().get(path);
              if (reader != null) {
                reader.startChunk(pages);
              }
            });
    counters.rowGroupsRead.incrementAndGet();
    counters.pagesSkipped.addAndGet(current.pagesSkipped());
    if (readsAhead && next < rowGroups.size()) {
      long taken = current.bytes();
      ahead = fetch.start(() -> planAhead(taken));
    }
    return current;
  }

  private Optional<RowGroupRead> planAhead(long taken) throws IOException {
    Optional<RowGroupRead> planned = plan();
    if (planned.isPresent() && taken + planned.get().bytes() <= MAX_AHEAD_BYTES) {
      planned.get().pages(fetch);
    }
    return planned;
  }

  /** The next row group that may hold matching rows. */
  private Optional<RowGroupRead> plan() throws IOException {
    try {
      while (next < rowGroups.size()) {
        BlockMetaData rowGroup = rowGroups.get(next++);
        long firstRow = nextRow;
        nextRow += rowGroup.getRowCount();
        if (rowGroup.getRowCount() > 0) {
          RowGroupRead read = plan(rowGroup, firstRow);
          if (read != null) {
            return Optional.of(read);
          }
          counters.rowGroupsSkipped.incrementAndGet();
        }
      }
      return Optional.empty();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Null if no row matches. */
  private @Nullable RowGroupRead plan(BlockMetaData rowGroup, long firstRow) throws IOException {
    int rows = (int) rowGroup.getRowCount();
    Map<ColumnPath, ColumnChunkMetaData> chunks = chunks(rowGroup);
    if (!spec.nullRowGroups() && chunks.values().stream().allMatch(RowGroups::isNull)) {
      return null;
    }
    PageSkipping.Selected selected = null;
    if (filter != null) {
      RowGroupPart part = new RowGroupPart(file, leaves, chunks, rows);
      if (!filter.mayMatch(part)) {
        return null;
      }
      boolean mayAsk = remoteBytes(chunks) >= MIN_BYTES_TO_ASK;
      part.lookInside(mayAsk);
      if (!filter.mayMatch(part)) {
        return null;
      }
      selected = new PageSkipping(file, fetch, filter, leaves).select(chunks, part, rows, mayAsk);
      if (selected != null && selected.rows().isEmpty()) {
        return null;
      }
    }
    List<RowRange> wanted = selected == null ? List.of(new RowRange(0, rows)) : selected.rows();
    RowGroupRead read = new RowGroupRead(file, zstd, spec.fetchBytes(), firstRow, rows, wanted);
    for (Map.Entry<ColumnPath, LeafReader> leaf : columns.leaves().entrySet()) {
      ColumnChunkMetaData chunk = chunks.get(leaf.getKey());
      if (chunk != null) {
        ChunkIndex index = selected == null ? null : selected.indexes().get(leaf.getKey());
        read.add(leaf.getValue().column(), chunk, index);
      }
    }
    return read;
  }

  /** Whether a chunk has no value, by what its writer says. */
  private static boolean isNull(ColumnChunkMetaData chunk) {
    Statistics<?> statistics = chunk.getStatistics();
    return statistics != null
        && statistics.isNumNullsSet()
        && statistics.getNumNulls() == chunk.getValueCount();
  }

  private Map<ColumnPath, ColumnChunkMetaData> chunks(BlockMetaData rowGroup) {
    Map<ColumnPath, ColumnChunkMetaData> byPath = ParquetFooter.chunks(rowGroup);
    Map<ColumnPath, ColumnChunkMetaData> wanted = new LinkedHashMap<>();
    for (ColumnPath path : columns.leaves().keySet()) {
      ColumnChunkMetaData chunk = byPath.get(path);
      if (chunk == null) {
        throw new CorruptPageException("a row group has no data for column " + path);
      }
      wanted.put(path, chunk);
    }
    return wanted;
  }

  private long remoteBytes(Map<ColumnPath, ColumnChunkMetaData> chunks) {
    return chunks.values().stream()
        .filter(chunk -> !file.isLocal(chunk.getStartingPos()))
        .mapToLong(ColumnChunkMetaData::getTotalSize)
        .sum();
  }

  @Override
  public void close() {
    if (ahead != null) {
      ahead.cancel(true);
    }
  }
}
