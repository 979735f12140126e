package io.neuralake.testkit.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What came to a proxy. Thread-safe. */
final class RequestLog {
  private final List<Entry> entries = new ArrayList<>();
  private long sequence;

  synchronized Entry begin(String method, String target, @Nullable String fault) {
    Entry entry = new Entry(++sequence, method, target, fault);
    entries.add(entry);
    return entry;
  }

  synchronized void reset() {
    entries.clear();
    sequence = 0;
  }

  synchronized List<RecordedRequest> snapshot() {
    return entries.stream().map(Entry::snapshot).toList();
  }

  /**
   * A request under way. Its fields are set before the bytes they tell of are sent, so a client
   * that has its answer finds the record complete.
   */
  static final class Entry {
    private final long sequence;
    private final String method;
    private final String target;
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();
    private volatile int status;
    private volatile @Nullable String fault;

    private Entry(long sequence, String method, String target, @Nullable String fault) {
      this.sequence = sequence;
      this.method = method;
      this.target = target;
      this.fault = fault;
    }

    void received(long bytes) {
      bytesIn.addAndGet(bytes);
    }

    void sent(long bytes) {
      bytesOut.addAndGet(bytes);
    }

    void answered(int finalStatus) {
      status = finalStatus;
    }

    /** Notes that the server itself failed, unless a rule's fault is the better explanation. */
    void failed(String reason) {
      if (fault == null) {
        fault = reason;
      }
    }

    RecordedRequest snapshot() {
      return new RecordedRequest(
          sequence,
          method,
          target,
          status,
          bytesIn.get(),
          bytesOut.get(),
          Optional.ofNullable(fault));
    }
  }
}
