package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.internal.store.RangeReader;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WindowedStreamTest {
  private static final int WINDOW = WindowedStream.WINDOW;

  private final List<byte[]> whole = new ArrayList<>();

  /** A file in memory that records which ranges it was asked for. */
  private static final class Ranges implements RangeReader {
    final List<String> asked = new ArrayList<>();
    final byte[] content;

    Ranges(int size) {
      content = new byte[size];
      new SplittableRandom(size).nextBytes(content);
    }

    @Override
    public String location() {
      return "memory:file";
    }

    @Override
    public long size() {
      throw new AssertionError("asked for the size");
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) throws IOException {
      if (readUpTo(position, target, offset, length) < length) {
        throw new EOFException("memory:file: ends before byte " + (position + length));
      }
    }

    @Override
    public int readUpTo(long position, byte[] target, int offset, int length) {
      asked.add(position + "+" + length);
      int there = (int) Math.max(0, Math.min(length, content.length - position));
      System.arraycopy(content, (int) Math.min(position, content.length), target, offset, there);
      return there;
    }

    @Override
    public void close() {}
  }

  @Test
  void fileOfUnknownSizeIsReadToItsEndWithOneRequestForEachWindow() throws IOException {
    for (int size : new int[] {0, 1, WINDOW - 1, WINDOW, WINDOW + 5, 3 * WINDOW - 1}) {
      Ranges file = new Ranges(size);
      try (WindowedStream stream = new WindowedStream(file, -1, whole::add)) {
        assertThat(stream.readAllBytes()).isEqualTo(file.content);
        assertThat(stream.read()).isEqualTo(-1);
      }
      assertThat(file.asked).as("size %d", size).hasSize(size / WINDOW + 1);
    }
    assertThat(whole).extracting(content -> content.length).containsExactly(1, WINDOW - 1);
  }

  @Test
  void fileOfKnownSizeIsNeverAskedBeyondItsEnd() throws IOException {
    Ranges file = new Ranges(2 * WINDOW + 7);
    try (WindowedStream stream = new WindowedStream(file, file.content.length, whole::add)) {
      assertThat(stream.readAllBytes()).isEqualTo(file.content);
    }
    assertThat(file.asked).containsExactly("0+" + WINDOW, WINDOW + "+" + WINDOW, 2 * WINDOW + "+7");
    assertThat(whole).isEmpty();
  }

  @Test
  void jumpToTheTailFetchesWhatLiesBeforeItToo() throws IOException {
    int size = 3 * WINDOW;
    Ranges file = new Ranges(size);
    try (WindowedStream stream = new WindowedStream(file, size, whole::add)) {
      byte[] footer = new byte[5000];
      stream.seek(size - 8);
      stream.readFully(new byte[8], 0, 8);
      stream.seek(size - 5000);
      stream.readFully(footer, 0, footer.length);
      assertThat(footer).isEqualTo(Arrays.copyOfRange(file.content, size - 5000, size));
    }
    assertThat(file.asked).containsExactly(2 * WINDOW + "+" + WINDOW);
  }

  @Test
  void smallFileIsFetchedOnceFromWhereverItIsRead() throws IOException {
    Ranges file = new Ranges(1000);
    try (WindowedStream stream = new WindowedStream(file, 1000, whole::add)) {
      stream.seek(992);
      stream.readFully(new byte[8], 0, 8);
      stream.seek(0);
      assertThat(stream.readAllBytes()).isEqualTo(file.content);
    }
    assertThat(file.asked).containsExactly("0+1000");
    assertThat(whole).containsExactly(file.content);
    try (WindowedStream again = new WindowedStream(whole.get(0), "memory:file")) {
      assertThat(again.readAllBytes()).isEqualTo(file.content);
    }
  }

  @Test
  void fileThatIsShorterThanItsSizeIsAnError() throws IOException {
    try (WindowedStream stream = new WindowedStream(new Ranges(10), 20, whole::add)) {
      assertThatThrownBy(stream::read)
          .isInstanceOf(EOFException.class)
          .hasMessage("memory:file: ends before byte 20");
    }
    try (WindowedStream stream = new WindowedStream(new Ranges(10), -1, whole::add)) {
      assertThatThrownBy(() -> stream.readFully(new byte[11], 0, 11))
          .isInstanceOf(EOFException.class)
          .hasMessageStartingWith("memory:file: ends before byte ");
    }
    assertThat(whole).hasSize(1);
  }
}
