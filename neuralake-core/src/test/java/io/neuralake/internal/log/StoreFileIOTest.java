package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.defaults.engine.fileio.SeekableInputStream;
import io.neuralake.internal.store.LocalFileStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFileIOTest {

  @TempDir Path folder;
  private final StoreFileIO io = new StoreFileIO(new LocalFileStore(new Random(1)));

  @Test
  void emptyCheckpointHintIsNoHint() throws IOException {
    Path hint = Files.createDirectories(folder.resolve("_delta_log")).resolve("_last_checkpoint");
    Files.createFile(hint);
    assertThatThrownBy(() -> io.newInputFile("file:" + hint, -1).newStream())
        .isExactlyInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("_last_checkpoint: is empty");

    Files.writeString(hint, "{\"version\":3}");
    assertThatThrownBy(() -> io.newInputFile("file:" + hint, -1).newStream())
        .isExactlyInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("names a checkpoint that is not there");

    Files.createFile(hint.resolveSibling("00000000000000000003.checkpoint.parquet"));
    try (SeekableInputStream in = io.newInputFile("file:" + hint, -1).newStream()) {
      assertThat(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo("{\"version\":3}");
    }
  }

  @Test
  void otherEmptyFilesAreEmpty() throws IOException {
    Path file = Files.createFile(folder.resolve("empty"));
    try (SeekableInputStream in = io.newInputFile("file:" + file, -1).newStream()) {
      assertThat(in.read()).isEqualTo(-1);
    }
  }
}
