package io.neuralake.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** What every {@link FileStore} does. */
public abstract class FileStoreContract {
  private static final int WRITERS = 32;
  private static final List<String> ODD_NAMES =
      List.of(
          "a b",
          "50%",
          "%20",
          "a+b",
          "a#b",
          "a?b=c&d",
          "it's",
          "\"q\"",
          "k=v",
          "ü中\uD83D\uDE00",
          "a:b",
          "~x",
          "(1)",
          "[2]",
          "{3}",
          "a;b",
          "a,b",
          "x@y",
          "$z",
          "a*b",
          "a\\b",
          "!e");

  /** The store under test. */
  protected abstract FileStore store();

  /** A folder that is not used by another test; without a trailing slash; need not exist. */
  protected abstract String folder();

  @Test
  void writesReadsReplacesAndStats() throws IOException {
    String file = at("dir/one.bin");
    store().write(file, bytes("first"));
    store().write(file, bytes("second!"));
    assertThat(store().read(file, 100)).isEqualTo(bytes("second!"));
    assertThat(store().stat(file).size()).isEqualTo(7);
    assertThat(store().stat(file).location()).isEqualTo(file);
    assertThat(store().stat(file).modifiedMillis()).isPositive();
  }

  @Test
  void emptyFilesAreFiles() throws IOException {
    store().write(at("empty"), new byte[0]);
    store().create(at("empty2")).close();
    assertThat(store().read(at("empty"), 0)).isEmpty();
    assertThat(store().read(at("empty2"), 10)).isEmpty();
    assertThat(locations(store().listFrom(at("")))).containsExactly(at("empty"), at("empty2"));
  }

  @Test
  void missingFilesAreNotFound() throws IOException {
    String file = at("missing");
    assertThatThrownBy(() -> store().stat(file))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageStartingWith(file);
    assertThatThrownBy(() -> store().read(file, 10))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageStartingWith(file);
    assertThatThrownBy(
            () -> {
              try (RangeReader reader = store().open(file, -1)) {
                reader.readFully(0, new byte[1], 0, 1);
              }
            })
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageStartingWith(file);
    store().delete(List.of(file));
  }

  @Test
  void readingIsBounded() throws IOException {
    store().write(at("big"), new byte[100]);
    assertThat(store().read(at("big"), 100)).hasSize(100);
    assertThatThrownBy(() -> store().read(at("big"), 99))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(at("big") + ": is larger than the 99 bytes");
  }

  @Test
  void readsUpToTheEndWithoutKnowingWhereItIs() throws IOException {
    store().write(at("short"), bytes("0123456789"));
    store().write(at("empty"), new byte[0]);
    try (RangeReader reader = store().open(at("short"), -1)) {
      byte[] target = new byte[20];
      assertThat(reader.readUpTo(0, target, 2, 18)).isEqualTo(10);
      assertThat(target).startsWith(0, 0, '0', '1').endsWith(new byte[8]);
      assertThat(reader.readUpTo(7, target, 0, 2)).isEqualTo(2);
      assertThat(reader.readUpTo(7, target, 0, 5)).isEqualTo(3);
      assertThat(reader.readUpTo(10, target, 0, 5)).isZero();
      assertThat(reader.readUpTo(99, target, 0, 5)).isZero();
    }
    try (RangeReader reader = store().open(at("empty"), -1)) {
      assertThat(reader.readUpTo(0, new byte[5], 0, 5)).isZero();
    }
  }

  @Test
  void readsRanges() throws IOException {
    byte[] content = new byte[100_000];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) ((i * 31) >> 3);
    }
    store().write(at("ranges"), content);
    try (RangeReader reader = store().open(at("ranges"), -1)) {
      assertThat(reader.location()).isEqualTo(at("ranges"));
      assertThat(reader.size()).isEqualTo(content.length);
      byte[] target = new byte[1000];
      reader.readFully(77_777, target, 10, 500);
      for (int i = 0; i < 500; i++) {
        assertThat(target[10 + i]).isEqualTo(content[77_777 + i]);
      }
      reader.readFully(99_999, target, 0, 1);
      assertThat(target[0]).isEqualTo(content[99_999]);
      reader.readFully(100_000, target, 0, 0);
      assertThatThrownBy(() -> reader.readFully(99_999, target, 0, 2))
          .isInstanceOf(EOFException.class)
          .hasMessageStartingWith(at("ranges") + ": ends before byte 100001");
      assertThatThrownBy(() -> reader.readFully(200_000, target, 0, 1))
          .isInstanceOf(EOFException.class)
          .hasMessageStartingWith(at("ranges") + ": ends before byte 200001");
      assertThatThrownBy(() -> reader.readFully(-1, target, 0, 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("negative position -1");
    }
  }

  @Test
  void sinkPublishesAtCloseOnly() throws IOException {
    String file = at("sub/sink");
    FileSink sink = store().create(file);
    sink.write(bytes("hello "));
    sink.write('w');
    sink.write(bytes("xorldx"), 1, 4);
    assertThat(sink.position()).isEqualTo(11);
    assertThat(locations(store().listFrom(at("sub/")))).isEmpty();
    assertThat(locations(store().listRecursively(folder()))).isEmpty();
    sink.close();
    sink.close();
    assertThat(store().read(file, 100)).isEqualTo(bytes("hello world"));
    assertThatThrownBy(() -> sink.write(1))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file);
  }

  @Test
  void abortedSinkLeavesNothing() throws IOException {
    String file = at("aborted");
    FileSink sink = store().create(file);
    sink.write(new byte[300_000]);
    sink.abort();
    sink.abort();
    sink.close();
    assertThatThrownBy(() -> store().stat(file))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageStartingWith(file);
    assertThat(locations(store().listRecursively(folder()))).isEmpty();
  }

  @Test
  void sinkReplaces() throws IOException {
    store().write(at("replaced"), bytes("old"));
    try (FileSink sink = store().create(at("replaced"))) {
      sink.write(bytes("new content"));
    }
    assertThat(store().read(at("replaced"), 100)).isEqualTo(bytes("new content"));
  }

  @Test
  void listFromBeginsAtTheNameAndStaysInTheFolder() throws IOException {
    for (String name : List.of("a", "b", "b0", "c", "sub/x", "B")) {
      store().write(at(name), bytes(name));
    }
    assertThat(locations(store().listFrom(at("b")))).containsExactly(at("b"), at("b0"), at("c"));
    assertThat(locations(store().listFrom(at("aa")))).first().isEqualTo(at("b"));
    assertThat(locations(store().listFrom(at(""))))
        .containsExactly(at("B"), at("a"), at("b"), at("b0"), at("c"));
    assertThat(locations(store().listFrom(at("d")))).isEmpty();
    assertThat(locations(store().listFrom(at("nowhere/a")))).isEmpty();
    FileInfo first = store().listFrom(at("b0")).next();
    assertThat(first.size()).isEqualTo(2);
    assertThat(first.modifiedMillis()).isPositive();
  }

  @Test
  void listRecursivelyFindsAll() throws IOException {
    List<String> names = List.of("a", "p=1/b", "p=1/q=2/c", "_delta_log/0.json", ".hidden");
    for (String name : names) {
      store().write(at(name), bytes(name));
    }
    store().write(folder() + "-not", bytes("x"));
    assertThat(locations(store().listRecursively(folder())))
        .containsExactlyInAnyOrderElementsOf(names.stream().map(this::at).toList());
    assertThat(locations(store().listRecursively(at("nowhere")))).isEmpty();
  }

  @Test
  void allFilesAreListedInPartsAndDatedByOneClock() throws IOException {
    List<String> names = List.of("a", "p=1/b", "p=1/q=2/c", "_delta_log/0.json", "p=2/d");
    for (String name : names) {
      store().write(at(name), bytes(name));
    }
    try (FileSink unfinished = store().create(at("p=1/unfinished"))) {
      unfinished.write(1);
      for (List<String> cuts : List.of(List.<String>of(), List.of("a", "p=1/c"))) {
        List<String> all = new ArrayList<>();
        for (Iterator<FileInfo> part : store().listAll(folder(), cuts)) {
          while (part.hasNext()) {
            FileInfo file = part.next();
            if (file.isTemporary()) {
              assertThat(file.location()).startsWith(at("p=1/.unfinished"));
            } else {
              all.add(file.location());
            }
          }
        }
        assertThat(all).containsExactlyInAnyOrderElementsOf(names.stream().map(this::at).toList());
      }
    }
    long written = store().stat(at("p=2/d")).modifiedMillis();
    assertThat(store().now(folder()).toEpochMilli() - written).isBetween(-1_000L, 60_000L);
    assertThat(locations(store().listRecursively(folder()))).hasSize(names.size() + 1);
  }

  @Test
  void oddNamesAreTakenLiterally() throws IOException {
    for (String name : oddNames()) {
      String file = at(name + "/" + name);
      store().write(file, bytes(name));
      assertThat(store().read(file, 1000)).isEqualTo(bytes(name));
      assertThat(store().stat(file).location()).isEqualTo(file);
      assertThat(locations(store().listFrom(file))).containsExactly(file);
    }
    List<String> expected = oddNames().stream().map(name -> at(name + "/" + name)).toList();
    assertThat(locations(store().listRecursively(folder())))
        .containsExactlyInAnyOrderElementsOf(expected);
    store().delete(expected);
    assertThat(locations(store().listRecursively(folder()))).isEmpty();
  }

  /** Names that the storage below can hold at all. */
  protected List<String> oddNames() {
    return ODD_NAMES;
  }

  @Test
  void deletesManyAndIgnoresMissingOnes() throws IOException {
    store().write(at("x"), bytes("x"));
    store().write(at("y"), bytes("y"));
    store().write(at("z"), bytes("z"));
    store().delete(List.of(at("x"), at("gone"), at("y")));
    assertThat(locations(store().listFrom(at("")))).containsExactly(at("z"));
    store().delete(Set.of());
  }

  @Test
  void writeIfAbsentNeverReplaces() throws IOException {
    String file = at("log/0.json");
    store().writeIfAbsent(file, bytes("first\n"));
    assertThatThrownBy(() -> store().writeIfAbsent(file, bytes("second\n")))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining(file);
    assertThat(store().read(file, 100)).isEqualTo(bytes("first\n"));
    assertThat(locations(store().listRecursively(folder()))).containsExactly(file);
  }

  @Test
  void exactlyOneOfManyRacingWritersWins() throws Exception {
    var pool = Executors.newFixedThreadPool(WRITERS);
    try {
      for (int round = 0; round < 10; round++) {
        String file = at("race/" + round + ".json");
        var start = new CyclicBarrier(WRITERS);
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
          int id = i;
          writers.add(
              () -> {
                start.await();
                return tries(file, id) ? id : -1;
              });
        }
        List<Integer> winners = new ArrayList<>();
        for (var outcome : pool.invokeAll(writers)) {
          if (outcome.get() >= 0) {
            winners.add(outcome.get());
          }
        }
        assertThat(winners).hasSize(1);
        assertThat(store().read(file, 100)).isEqualTo(bytes("writer " + winners.get(0) + "\n"));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private boolean tries(String file, int id) throws IOException {
    try {
      store().writeIfAbsent(file, bytes("writer " + id + "\n"));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  @Test
  void interruptsAreHonouredAndKept() throws IOException {
    store().write(at("there"), bytes("x"));
    try (RangeReader reader = store().open(at("there"), 1)) {
      List<Action> actions =
          List.of(
              () -> store().read(at("there"), 10),
              () -> reader.readFully(0, new byte[1], 0, 1),
              () -> store().write(at("new"), bytes("x")),
              () -> store().writeIfAbsent(at("new"), bytes("x\n")),
              () -> store().delete(List.of(at("there"))));
      for (Action action : actions) {
        Thread.currentThread().interrupt();
        try {
          assertThatThrownBy(action::run)
              .isInstanceOf(InterruptedIOException.class)
              .hasMessageContaining("interrupted");
        } finally {
          assertThat(Thread.interrupted()).isTrue();
        }
      }
      reader.readFully(0, new byte[1], 0, 1);
    }
    assertThat(locations(store().listRecursively(folder()))).containsExactly(at("there"));
  }

  protected final String at(String name) {
    return folder() + "/" + name;
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  protected static List<String> locations(Iterator<FileInfo> files) {
    List<String> locations = new ArrayList<>();
    files.forEachRemaining(file -> locations.add(file.location()));
    return locations;
  }

  private interface Action {
    void run() throws IOException;
  }
}
