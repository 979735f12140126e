package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.defaults.engine.fileio.SeekableInputStream;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StoreFileIOTest {

  private static final String FILE = "s3://bucket/t/_delta_log/_last_checkpoint";

  private final InMemoryFileStore store = new InMemoryFileStore();
  private final StoreFileIO io = new StoreFileIO(store);

  @Test
  void fileOfUnknownSizeIsReadWhole() throws IOException {
    store.write(FILE, "{\"version\":10}".getBytes(StandardCharsets.UTF_8));

    try (SeekableInputStream in = io.newInputFile(FILE, 0).newStream()) {
      assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("{\"version\":10}");
    }
    assertThat(store.rangeReads()).isZero();
    assertThat(io.newInputFile(FILE, 0).length()).isEqualTo(14);
  }

  @Test
  void missingFileOfUnknownSizeIsNotTakenForAnEmptyOne() {
    assertThatThrownBy(() -> io.newInputFile(FILE, 0).newStream())
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("_last_checkpoint");
  }

  @Test
  void fileOfKnownSizeIsReadFromAnyPosition() throws IOException {
    store.write(FILE, new byte[] {1, 2, 3, 4, 5});

    try (SeekableInputStream in = io.newInputFile(FILE, 5).newStream()) {
      in.seek(3);
      assertThat(in.readAllBytes()).containsExactly(4, 5);
    }
  }
}
