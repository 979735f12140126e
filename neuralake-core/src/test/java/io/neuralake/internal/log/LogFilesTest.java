package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.utils.FileStatus;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.internal.store.RangeReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogFilesTest {

  private static final String TABLE = "mem://lake/t";
  private static final String LOG = TABLE + "/_delta_log/";

  private final InMemoryFileStore store = new InMemoryFileStore();
  private final Deque<Runnable> handedOver = new ArrayDeque<>();
  private final LogCache cache = new LogCache(1 << 20);
  private final LogFiles files = new LogFiles(store, handedOver::add, cache);

  private static String read(RangeReader file) throws IOException {
    try (file) {
      byte[] content = new byte[(int) file.size()];
      file.readFully(0, content, 0, content.length);
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  private void write(String name, String content) {
    store.write(LOG + name, content.getBytes(StandardCharsets.UTF_8));
  }

  private List<FileInfo> listAll() throws IOException {
    List<FileInfo> all = new ArrayList<>();
    Iterator<FileInfo> listed = files.listFrom(LOG);
    listed.forEachRemaining(all::add);
    return all;
  }

  private int runHandedOver() {
    int count = 0;
    for (Runnable task = handedOver.poll(); task != null; task = handedOver.poll()) {
      task.run();
      count++;
    }
    return count;
  }

  @Test
  void emptyCheckpointHintIsNoHint() throws IOException {
    String hint = LOG + "_last_checkpoint";
    write("_last_checkpoint", "");
    assertThatThrownBy(() -> files.open(hint, -1))
        .isExactlyInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("_last_checkpoint: is empty");

    write("_last_checkpoint", "{\"version\":3}");
    assertThatThrownBy(() -> files.open(hint, -1))
        .isExactlyInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("names a checkpoint that is not there");

    write("00000000000000000003.checkpoint.parquet", "x");
    assertThat(read(files.open(hint, 0))).isEqualTo("{\"version\":3}");
  }

  @Test
  void aSmallFileIsFetchedOnceByAllSnapshotsUntilItIsReplaced() throws IOException {
    write("a.json", "first");
    listAll();
    assertThat(read(files.open(LOG + "a.json", 5))).isEqualTo("first");
    assertThat(read(files.open(LOG + "a.json", 5))).isEqualTo("first");
    LogFiles next = new LogFiles(store, handedOver::add, cache);
    next.listFrom(LOG).forEachRemaining(file -> {});
    assertThat(read(next.open(LOG + "a.json", 5))).isEqualTo("first");
    assertThat(store.rangeReads()).isEqualTo(1);

    write("a.json", "other"); // as long as before: only its time tells
    LogFiles last = new LogFiles(store, handedOver::add, cache);
    last.listFrom(LOG).forEachRemaining(file -> {});
    assertThat(read(last.open(LOG + "a.json", 5))).isEqualTo("other");
  }

  @Test
  void aFileThatNoListingShowedIsNotKeptUnlessItsNameIsUnique() throws IOException {
    write("a.json", "first");
    write("_sidecars/b.parquet", "first");
    for (int i = 0; i < 2; i++) {
      assertThat(read(files.open(LOG + "a.json", 5))).isEqualTo("first");
      assertThat(read(files.open(LOG + "_sidecars/b.parquet", 5))).isEqualTo("first");
    }
    assertThat(store.rangeReads()).isEqualTo(3);
  }

  @Test
  void commitsBehindTheChecksumAreFetchedAheadOnce() throws IOException {
    for (long version = 1; version <= 5; version++) {
      write(LogPaths.commitName(version), "content " + version);
    }
    write("00000000000000000001.checkpoint.parquet", "x");
    write("00000000000000000002.crc", "x");
    listAll();

    files.expectSchema(LogPaths.commit(TABLE, 5));
    assertThat(runHandedOver()).as("of versions 3 and 4").isEqualTo(2);
    for (long version = 5; version >= 2; version--) {
      assertThat(read(files.open(LogPaths.commit(TABLE, version), 9)))
          .isEqualTo("content " + version);
    }
    assertThat(store.rangeReads()).isEqualTo(4);
    files.expectSchema(LogPaths.commit(TABLE, 5));
    assertThat(handedOver).isEmpty();
  }

  @Test
  void aVersionBeforeTheNewestExpectsOnlyWhatIsOlder() throws IOException {
    for (long version = 0; version <= 5; version++) {
      write(LogPaths.commitName(version), "content " + version);
    }
    listAll();
    files.expectSchema(LogPaths.commit(TABLE, 2));
    assertThat(runHandedOver()).as("of versions 0 and 1").isEqualTo(2);
  }

  @Test
  void nobodyWaitsForWorkersThatAreBusy() throws IOException {
    List<FileStatus> commits = new ArrayList<>();
    for (long version = 20; version >= 1; version--) {
      write(LogPaths.commitName(version), "content");
      commits.add(FileStatus.of(LogPaths.commit(TABLE, version), 7, 1));
    }
    files.expect(commits);
    assertThat(handedOver).as("only so many at a time").hasSize(8);
    for (FileStatus commit : commits) {
      assertThat(read(files.open(commit.getPath(), 7))).isEqualTo("content");
    }
    assertThat(store.rangeReads()).isEqualTo(20);
    assertThat(runHandedOver()).isEqualTo(20);
    assertThat(store.rangeReads()).isEqualTo(20);
  }

  @Test
  void theFailureOfAWorkerIsTheReaders() throws IOException {
    String gone = LogPaths.commit(TABLE, 1);
    files.expect(List.of(FileStatus.of(gone, 7, 1)));
    runHandedOver();
    assertThatThrownBy(() -> files.open(gone, 7))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining(gone);
  }
}
