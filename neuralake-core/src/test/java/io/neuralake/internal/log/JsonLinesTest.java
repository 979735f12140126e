package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesTest {

  private static final String FILE = "mem://lake/f.json";
  private static final int BLIND = 1 << 20;

  private final InMemoryFileStore store = new InMemoryFileStore();

  private List<String> lines(byte[] content, long size) throws IOException {
    store.write(FILE, content);
    List<String> found = new ArrayList<>();
    try (JsonLines lines = new JsonLines(store.open(FILE, size), size)) {
      while (lines.next()) {
        found.add(
            new String(lines.buffer(), lines.start(), lines.length(), StandardCharsets.UTF_8));
      }
    }
    return found;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void blankLinesAreLeftOutAndTheLastNeedsNoEnd() throws IOException {
    for (String text : List.of("", "\n \r\n", "\t")) {
      assertThat(lines(bytes(text), -1)).isEmpty();
    }
    byte[] text = bytes("\n{\"a\":1}\r\n\n  \n\u00e9\nlast");
    for (long size : new long[] {-1, text.length}) {
      assertThat(lines(text, size)).containsExactly("{\"a\":1}\r", "\u00e9", "last");
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "1048575, 1", "1048576, 2", "1048581, 2", "5000000, 4"})
  void aFileOfUnknownSizeIsReadToItsEndInFewRequests(int size, int requests) throws IOException {
    byte[] content = new byte[size];
    Arrays.fill(content, (byte) 'x');
    for (int i = 0; i < size; i += 100_000) {
      content[i] = '\n';
    }
    long before = store.rangeReads();
    int read = lines(content, -1).stream().mapToInt(String::length).sum();
    assertThat(read).isEqualTo(size - (size + 99_999) / 100_000);
    assertThat(store.rangeReads() - before).isLessThanOrEqualTo(requests + size / BLIND);
  }

  @Test
  void aLineAcrossWindowsIsOneLine() throws IOException {
    byte[] content = new byte[9 << 20];
    Arrays.fill(content, (byte) 'x');
    content[10] = '\n';
    for (long size : new long[] {-1, content.length}) {
      assertThat(lines(content, size))
          .extracting(String::length)
          .containsExactly(10, content.length - 11);
    }
  }

  @Test
  void aFileThatIsShorterThanItsSizeIsAnError() {
    assertThatThrownBy(() -> lines(bytes("{}"), 20))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining(FILE);
  }

  @Test
  void aLineThatIsTooLongIsAnErrorBeforeItIsHeld() {
    byte[] content = new byte[JsonLines.MAX_LINE_BYTES + (8 << 20)];
    assertThatThrownBy(() -> lines(content, content.length))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(FILE + ": line 1 is longer than 67108864 bytes");
  }
}
