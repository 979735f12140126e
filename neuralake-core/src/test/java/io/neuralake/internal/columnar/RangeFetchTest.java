package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.internal.columnar.RangeFetch.Range;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Which requests ranges become. */
class RangeFetchTest {
  private static final String LOCATION = "mem://t/f.parquet";
  private static final int SIZE = 60_000_000;
  private static final int TAIL = 256 * 1024;
  private static final byte[] BYTES = new byte[SIZE];

  static {
    new Random(1).nextBytes(BYTES);
  }

  private final InMemoryFileStore store = new InMemoryFileStore();

  /** Fetches and checks the bytes; the number of requests after the one for the tail. */
  private long requests(Executor workers, Range... ranges) throws IOException {
    store.write(LOCATION, BYTES);
    long before = store.rangeReads();
    try (FileBytes file = new FileBytes(store.open(LOCATION, SIZE), new ReadCounters())) {
      List<Slice> slices = new RangeFetch(file, workers).fetch(List.of(ranges));
      for (int i = 0; i < ranges.length; i++) {
        Slice slice = slices.get(i);
        int start = (int) ranges[i].start();
        assertThat(
                Arrays.equals(
                    slice.array(),
                    slice.offset(),
                    slice.end(),
                    BYTES,
                    start,
                    start + ranges[i].length()))
            .isTrue();
      }
    }
    return store.rangeReads() - before - 1;
  }

  @Test
  void smallGapsAreReadAlong() throws IOException {
    assertThat(requests(null, new Range(100, 50), new Range(262_000, 10))).isEqualTo(1);
    assertThat(requests(null, new Range(300_000, 10), new Range(100, 50))).isEqualTo(2);
    assertThat(requests(null, new Range(100, 5_000), new Range(200, 50))).isEqualTo(1);
  }

  @Test
  void theTailCostsNothing() throws IOException {
    assertThat(requests(null, new Range(SIZE - TAIL, 100), new Range(SIZE - 1, 1))).isZero();
    assertThat(requests(null, new Range(SIZE - TAIL - 10, 100))).isEqualTo(1);
    assertThat(requests(null, new Range(0, 0), new Range(SIZE, 0))).isZero();
  }

  @Test
  void largeRangesAreSplitAmongWorkers() throws IOException {
    Range large = new Range(7, 50_000_000);
    assertThat(requests(null, large)).isEqualTo(3);
    assertThat(requests(Runnable::run, large)).isEqualTo(3);
    ExecutorService workers = Executors.newCachedThreadPool();
    try {
      assertThat(requests(workers, large, new Range(55_000_000, 100))).isEqualTo(4);
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  void withoutWorkersThatWorkTheCallerDoesIt() throws IOException {
    Range large = new Range(7, 50_000_000);
    assertThat(requests(work -> {}, large)).isEqualTo(3);
    Executor closed =
        work -> {
          throw new RejectedExecutionException("closed");
        };
    assertThat(requests(closed, large)).isEqualTo(3);
  }

  @Test
  void rangesOutsideOfTheFileAreRefused() throws IOException {
    store.write(LOCATION, BYTES);
    try (FileBytes file = new FileBytes(store.open(LOCATION, SIZE), new ReadCounters())) {
      assertThatThrownBy(() -> new RangeFetch(file, null).fetch(List.of(new Range(5, SIZE))))
          .isInstanceOf(CorruptPageException.class)
          .hasMessageContaining(SIZE + " bytes at 5 are not within the file's " + SIZE + " bytes");
    }
  }
}
