package io.neuralake.internal.columnar;

import java.util.concurrent.atomic.AtomicLong;

/** What reading data files has cost and saved so far. Thread-safe. */
public final class ReadCounters {
  /** Row groups of which rows were decoded. */
  public final AtomicLong rowGroupsRead = new AtomicLong();

  /** Row groups left out by statistics, dictionaries, Bloom filters or page indexes. */
  public final AtomicLong rowGroupsSkipped = new AtomicLong();

  /** Pages of wanted columns, in row groups that were read, that were not even fetched. */
  public final AtomicLong pagesSkipped = new AtomicLong();

  /** Requests to the storage for bytes of data files. */
  public final AtomicLong requests = new AtomicLong();

  /** Bytes of data files fetched from the storage. */
  public final AtomicLong bytesFetched = new AtomicLong();

  /** Pages whose encoding only parquet-java's value-by-value readers know. */
  public final AtomicLong pagesByLibrary = new AtomicLong();
}
