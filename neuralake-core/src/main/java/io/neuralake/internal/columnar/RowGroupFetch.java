package io.neuralake.internal.columnar;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;

/** Fetches the chunks of a row group in few requests: neighbours together, small gaps included. */
final class RowGroupFetch {
  /** A gap that costs less to read than another request. */
  private static final long MAX_GAP_BYTES = 256 * 1024;

  private static final long MAX_REQUEST_BYTES = 32L << 20;

  /** Row groups of which more than this is wanted are read in windows. */
  private static final long MAX_AHEAD_BYTES = 256L << 20;

  private static final Slice NOTHING = new Slice(new byte[0], 0, 0);

  private final FileBytes file;

  RowGroupFetch(FileBytes file) {
    this.file = file;
  }

  Map<ColumnPath, ChunkInput> fetch(List<ColumnChunkMetaData> chunks) throws IOException {
    List<ColumnChunkMetaData> ordered = new ArrayList<>(chunks);
    ordered.sort(Comparator.comparingLong(ColumnChunkMetaData::getStartingPos));
    long total = ordered.stream().mapToLong(ColumnChunkMetaData::getTotalSize).sum();
    Map<ColumnPath, ChunkInput> inputs = new HashMap<>();
    int from = 0;
    while (from < ordered.size()) {
      long start = ordered.get(from).getStartingPos();
      long end = end(ordered.get(from));
      int to = from + 1;
      while (to < ordered.size() && joins(start, end, ordered.get(to))) {
        end = Math.max(end, end(ordered.get(to++)));
      }
      boolean ahead = total <= MAX_AHEAD_BYTES && end - start <= MAX_REQUEST_BYTES;
      Slice bytes = ahead ? file.read(start, (int) (end - start)) : NOTHING;
      for (ColumnChunkMetaData chunk : ordered.subList(from, to)) {
        long position = chunk.getStartingPos();
        long length = chunk.getTotalSize();
        Slice own = ahead ? bytes.part((int) (position - start), (int) length) : NOTHING;
        inputs.put(chunk.getPath(), new ChunkInput(file, position, length, own));
      }
      from = to;
    }
    return inputs;
  }

  private static long end(ColumnChunkMetaData chunk) {
    return chunk.getStartingPos() + chunk.getTotalSize();
  }

  private static boolean joins(long start, long end, ColumnChunkMetaData next) {
    return next.getStartingPos() - end <= MAX_GAP_BYTES
        && Math.max(end, end(next)) - start <= MAX_REQUEST_BYTES;
  }
}
