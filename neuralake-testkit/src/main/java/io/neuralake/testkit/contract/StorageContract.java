package io.neuralake.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.storage.CloseableIterator;
import io.delta.storage.LogStore;
import io.neuralake.lock.CommitName;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the storage of a log must do: every {@link LogStore}, by which tables on Hadoop file systems
 * commit, and Spark's everywhere. Extend it, in a class whose name the build takes for a test.
 *
 * <p>Each writer has a store of its own, as a process would: a lock in memory does not help.
 */
@Timeout(120)
public abstract class StorageContract {
  private static final int WRITERS = 8;
  private static final int VERSIONS = 5;
  private static final int LINES = 2000;

  /**
   * Makes a store, as another process would.
   *
   * @param configuration of {@link #configuration()}
   * @return a new instance
   */
  protected abstract LogStore newStore(Configuration configuration);

  /**
   * Says how the file system is reached.
   *
   * @return the settings that each call is given
   */
  protected abstract Configuration configuration();

  /**
   * Says where a log is.
   *
   * @param name of a table; used once
   * @return a folder in which nothing is yet
   */
  protected abstract Path folder(String name);

  private LogStore store() {
    return newStore(configuration());
  }

  private void write(LogStore store, Path file, List<String> lines, boolean overwrite)
      throws IOException {
    store.write(file, lines.iterator(), overwrite, configuration());
  }

  private List<String> read(LogStore store, Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    try (CloseableIterator<String> iterator = store.read(file, configuration())) {
      iterator.forEachRemaining(lines::add);
    }
    return lines;
  }

  private static Path version(Path folder, long version) {
    return new Path(folder, CommitName.of(version));
  }

  private static List<String> content(String writer, int lines) {
    return Collections.nCopies(lines, "{\"txnId\":\"" + writer + "\"}");
  }

  private <T> List<T> together(List<Callable<T>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> done : threads.invokeAll(work, 100, TimeUnit.SECONDS)) {
        results.add(done.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError broken) {
        throw broken;
      }
      throw e;
    } finally {
      threads.shutdownNow();
    }
  }

  /** Put if absent: of writers that race for a name exactly one gets it. */
  @Test
  protected void exactlyOneOfThoseThatCreateAFileWins() throws Exception {
    Path folder = folder("race");
    for (long version = 0; version < VERSIONS; version++) {
      Path file = version(folder, version);
      CyclicBarrier start = new CyclicBarrier(WRITERS);
      List<Callable<Boolean>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        List<String> own = content("w" + i, 1);
        writers.add(
            () -> {
              LogStore store = store();
              start.await();
              try {
                write(store, file, own, false);
                return true;
              } catch (FileAlreadyExistsException e) {
                return false;
              }
            });
      }
      List<Boolean> won = together(writers);
      assertThat(won)
          .as("writers that were told they created version %d; two would lose one's rows", version)
          .containsOnlyOnce(true);
      assertThat(read(store(), file))
          .as("content of version %d, which must be its one winner's", version)
          .isEqualTo(content("w" + won.indexOf(true), 1));
    }
  }

  /** A file that is there is not replaced, unless that is asked for. */
  @Test
  protected void onlyOverwritingReplaces() throws IOException {
    Path file = version(folder("taken"), 0);
    write(store(), file, content("first", 3), false);
    assertThatThrownBy(
            () -> write(store(), file, content("second", 1), false),
            "a file that exists and was written without overwrite: a commit would be lost")
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(read(store(), file)).as("the file afterwards").isEqualTo(content("first", 3));
    write(store(), file, content("second", 1), true);
    assertThat(read(store(), file))
        .as("a file that was overwritten by less: nothing of the old may remain")
        .isEqualTo(content("second", 1));
  }

  /** What is written is listed and read at once, by every store. */
  @Test
  protected void whatIsWrittenIsListedAndReadAtOnce() throws IOException {
    Path folder = folder("list");
    LogStore reader = store();
    for (long version = 0; version < 2 * VERSIONS; version++) {
      Path file = version(folder, version);
      write(store(), file, content("v" + version, 1), false);
      assertThat(names(reader.listFrom(version(folder, 0), configuration())))
          .as("listing right after version %d was written: a reader would miss it", version)
          .hasSize((int) version + 1)
          .last()
          .isEqualTo(file.getName());
      assertThat(read(reader, file)).as("version %d", version).isEqualTo(content("v" + version, 1));
    }
    Path missing = version(folder, 99);
    assertThatThrownBy(() -> read(reader, missing), "reading a file that does not exist")
        .isInstanceOf(FileNotFoundException.class);
  }

  /** Listings begin where they are told, and are in order. */
  @Test
  protected void listingsAreInOrderFromWhereTheyBegin() throws IOException {
    Path folder = folder("order");
    for (long version : new long[] {3, 10, 1, 2, 100}) {
      write(store(), version(folder, version), content("v", 1), false);
    }
    assertThat(names(store().listFrom(version(folder, 2), configuration())))
        .as("listing from version 2: in order, with the file that it begins with")
        .containsExactly(CommitName.of(2), CommitName.of(3), CommitName.of(10), CommitName.of(100));
    assertThatThrownBy(
            () -> store().listFrom(version(folder("nowhere"), 0), configuration()).hasNext(),
            "listing a folder that does not exist")
        .isInstanceOf(FileNotFoundException.class);
  }

  private static List<String> names(Iterator<FileStatus> files) {
    List<String> names = new ArrayList<>();
    files.forEachRemaining(file -> names.add(file.getPath().getName()));
    return names;
  }

  /** A file is visible as a whole or not at all, unless the store says otherwise. */
  @Test
  protected void filesAreVisibleAsAWhole() throws Exception {
    Path file = version(folder("whole"), 0);
    if (store().isPartialWriteVisible(file, configuration())) {
      return; // Delta writes a temporary file then, and renames it.
    }
    write(store(), file, content("0", LINES), false);
    CountDownLatch reading = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    Callable<Boolean> writer =
        () -> {
          reading.await();
          try {
            for (int i = 1; i <= 20; i++) {
              write(store(), file, content(Integer.toString(i), LINES), true);
            }
          } finally {
            done.set(true);
          }
          return true;
        };
    Callable<Boolean> reader =
        () -> {
          while (!done.get()) {
            reading.countDown();
            List<String> seen = read(store(), file);
            assertThat(seen)
                .as("a file that is being replaced: a part of it would be half a commit")
                .hasSize(LINES);
            assertThat(seen.stream().distinct().toList())
                .as("a file that is being replaced: the old or the new, not both")
                .hasSize(1);
          }
          return true;
        };
    together(List.of(writer, reader));
  }

  /** A write whose source fails leaves nothing that a reader takes for a commit. */
  @Test
  protected void aWriteThatFailsLeavesNothing() throws IOException {
    Path file = version(folder("failing"), 0);
    if (store().isPartialWriteVisible(file, configuration())) {
      return;
    }
    Iterator<String> failing =
        new Iterator<>() {
          private int left = LINES;

          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public String next() {
            if (left-- == 0) {
              throw new IllegalStateException("the writer dies");
            }
            return "{}";
          }
        };
    assertThatThrownBy(
            () -> store().write(file, failing, false, configuration()), "a write that fails")
        .hasStackTraceContaining("the writer dies");
    assertThatThrownBy(
            () -> read(store(), file), "reading what a writer that died has left: half a commit")
        .isInstanceOf(FileNotFoundException.class);
    write(store(), file, content("next", 1), false);
    assertThat(read(store(), file)).as("what the next writer wrote").isEqualTo(content("next", 1));
  }
}
