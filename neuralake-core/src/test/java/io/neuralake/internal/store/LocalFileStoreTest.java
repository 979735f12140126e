package io.neuralake.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFileStoreTest extends FileStoreContract {
  @TempDir Path temp;
  private final LocalFileStore store = new LocalFileStore(new Random(1));

  @Override
  protected FileStore store() {
    return store;
  }

  @Override
  protected String folder() {
    return "file://" + temp.resolve("base");
  }

  @Test
  void leavesNoSideFiles() throws IOException {
    store.write(at("a"), bytes("a"));
    store.writeIfAbsent(at("b"), bytes("b"));
    store.create(at("c")).close();
    FileSink aborted = store.create(at("d"));
    aborted.write(1);
    aborted.abort();
    try (var files = Files.list(temp.resolve("base"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("a", "b", "c");
    }
  }

  @Test
  void flushingALargeFileEarlyIsHarmlessEvenWhenTheFileIsGone() throws IOException {
    List<Runnable> flushes = new ArrayList<>();
    var flushing = new LocalFileStore(new Random(2), flushes::add);
    byte[] part = new byte[9 << 20];
    FileSink sink = flushing.create(at("large"));
    for (int i = 0; i < 4; i++) {
      sink.write(part, 0, part.length);
    }
    assertThat(flushes).as("the next one begins when this one is done").hasSize(1);
    flushes.get(0).run();
    sink.write(part, 0, part.length);
    assertThat(flushes).hasSize(2);
    sink.close();

    flushes.get(1).run();

    assertThat(store.stat(at("large")).size()).isEqualTo(5L * part.length);
    assertThat(temp.resolve("base").toFile().list()).containsExactly("large");
  }

  @Test
  void leftoversOfCrashedWritersAreNotListed() throws IOException {
    store.write(at("log/1.json"), bytes("x"));
    Files.writeString(
        temp.resolve("base/log/.2.json.0123456789abcdef0123456789abcdef.tmp"), "leftover");
    Files.writeString(
        temp.resolve("base/log/.3.json.123e4567-e89b-12d3-a456-426614174000.tmp"), "of Spark");
    assertThat(locations(store.listFrom(at("log/")))).containsExactly(at("log/1.json"));
    assertThat(locations(store.listRecursively(folder()))).containsExactly(at("log/1.json"));
  }

  @Test
  void sameSeedInTwoProcessesStillMakesDifferentTemporaryFiles() throws IOException {
    var first = new LocalFileStore(new Random(7));
    var second = new LocalFileStore(new Random(7));
    FileSink a = first.create(at("same"));
    FileSink b = second.create(at("same"));
    a.write(bytes("aaa"));
    b.write(bytes("b"));
    a.close();
    assertThat(store.read(at("same"), 10)).isEqualTo(bytes("aaa"));
    b.close();
    assertThat(store.read(at("same"), 10)).isEqualTo(bytes("b"));
  }

  @Test
  void namesAreOrderedByTheirUtf8Bytes() throws IOException {
    // U+FF5E sorts before U+1F600 in UTF-8 but after it in UTF-16.
    List<String> ordered = List.of("a", "b", "\uFF5E", "\uD83D\uDE00");
    for (String name : List.of("b", "\uD83D\uDE00", "a", "\uFF5E")) {
      store.write(at(name), bytes("x"));
    }
    assertThat(locations(store.listFrom(at(""))))
        .containsExactlyElementsOf(ordered.stream().map(this::at).toList());
    assertThat(locations(store.listFrom(at("\uFF5E"))))
        .containsExactly(at("\uFF5E"), at("\uD83D\uDE00"));
  }

  @Test
  void longNamesStillGetTemporaryFiles() throws IOException {
    String name = "n".repeat(250);
    store.write(at(name), bytes("x"));
    assertThat(store.read(at(name), 10)).isEqualTo(bytes("x"));
  }

  @Test
  void interruptingOneReaderDoesNotHarmAnother() throws Exception {
    byte[] content = new byte[1 << 20];
    store.write(at("shared"), content);
    var pool = Executors.newSingleThreadExecutor();
    try (RangeReader reader = store.open(at("shared"), content.length)) {
      Future<Integer> steady =
          pool.submit(
              () -> {
                byte[] target = new byte[4096];
                for (int i = 0; i < 2000; i++) {
                  reader.readFully(i, target, 0, target.length);
                }
                return 2000;
              });
      int interrupted = 0;
      for (int i = 0; i < 200; i++) {
        Thread.currentThread().interrupt();
        try {
          reader.readFully(0, new byte[16], 0, 16);
        } catch (java.io.InterruptedIOException e) {
          interrupted++;
        }
        assertThat(Thread.interrupted()).isTrue();
      }
      assertThat(interrupted).isEqualTo(200);
      assertThat(steady.get()).isEqualTo(2000);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void closedReaderSaysSo() throws IOException {
    store.write(at("x"), bytes("x"));
    RangeReader reader = store.open(at("x"), 1);
    reader.close();
    assertThatThrownBy(() -> reader.readFully(0, new byte[1], 0, 1))
        .isInstanceOf(IOException.class)
        .hasMessage(at("x") + ": the reader is closed.");
  }

  @Test
  void linksToFoldersAreNotFollowed() throws IOException {
    store.write(at("real/x"), bytes("x"));
    Files.createSymbolicLink(temp.resolve("base/real/loop"), temp.resolve("base"));
    assertThat(locations(store.listRecursively(folder()))).containsExactly(at("real/x"));
  }

  @Test
  void aFileWhereAFolderIsNeededIsNamed() throws IOException {
    store.write(at("file"), bytes("x"));
    assertThatThrownBy(() -> store.write(at("file/x"), bytes("x")))
        .isInstanceOf(IOException.class)
        .hasMessage(at("file") + ": is a file where a folder is needed.");
  }

  @Test
  void otherSchemesAndBadPathsAreRefused() {
    assertThatThrownBy(() -> store.stat("s3://b/x"))
        .isInstanceOf(IOException.class)
        .hasMessage("s3://b/x: is not a local file. Expected file:///path.");
    assertThatThrownBy(() -> store.stat("file:///a\0b"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no local path");
  }

  @Test
  void refusedAccessIsTold() {
    IOException failure = LocalFileStore.failure("file:///x", new AccessDeniedException("/x"));
    assertThat(failure)
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining("file:///x")
        .hasMessageContaining("check owner and permissions");
  }
}
