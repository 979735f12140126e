package io.neuralake.internal.plan;

import io.neuralake.internal.columnar.ReadCounters;
import java.util.concurrent.atomic.AtomicLong;

/** What a scan has done so far. Thread-safe, so that it can be watched from elsewhere. */
public final class ScanCounters {
  public final AtomicLong filesTotal = new AtomicLong();
  public final AtomicLong filesSkippedByPartition = new AtomicLong();
  public final AtomicLong filesSkippedByStatistics = new AtomicLong();
  public final AtomicLong filesRead = new AtomicLong();
  public final AtomicLong rowsRead = new AtomicLong();
  public final AtomicLong rowsReturned = new AtomicLong();
  public final ReadCounters reads = new ReadCounters();
}
