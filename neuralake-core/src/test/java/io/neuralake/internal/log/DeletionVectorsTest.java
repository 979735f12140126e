package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.columnar.DeletedRows;
import io.neuralake.internal.store.LocalFileStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

class DeletionVectorsTest {

  /** As Spark wrote it: the name of a file, and how the log refers to it. */
  private static final String FILE = "deletion_vector_d12e7d16-e46d-48c9-8a71-b222c26dfc3b.bin";

  private static final String ENCODED = "^jP?.<zvDfIGb{C.FPij";

  private final LocalFileStore store = new LocalFileStore(new Random(1));
  @TempDir Path temp;
  private Path folder;
  private String table;

  @BeforeEach
  void createFolder() throws IOException {
    folder = Files.createDirectories(temp.resolve("my table"));
    table = "file://" + folder;
  }

  private static byte[] portable(int... rows) {
    RoaringBitmap bitmap = RoaringBitmap.bitmapOf(rows);
    ByteBuffer bytes =
        ByteBuffer.allocate(16 + bitmap.serializedSizeInBytes()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(1681511377).putLong(1).putInt(0);
    bitmap.serialize(bytes);
    return bytes.array();
  }

  /** Writes a vector as Spark does: format version, size, content, checksum. */
  private static int write(Path file, int... rows) throws IOException {
    byte[] content = portable(rows);
    CRC32 checksum = new CRC32();
    checksum.update(content);
    Files.createDirectories(file.getParent());
    Files.write(
        file,
        ByteBuffer.allocate(9 + content.length)
            .put((byte) 1)
            .putInt(content.length)
            .put(content)
            .putInt((int) checksum.getValue())
            .array());
    return content.length;
  }

  private long[] deleted(String storageType, String path, int size) {
    DeletedRows rows =
        DeletionVectors.load(store, table, new DeletionVector(storageType, path, 1, size, 2));
    return LongStream.range(0, 10).filter(rows::isDeleted).toArray();
  }

  @Test
  void fileOfTheTableIsFound() throws IOException {
    int size = write(folder.resolve(FILE), 2, 7);
    assertThat(deleted("u", ENCODED, size)).containsExactly(2, 7);
  }

  @Test
  void fileInAFolderOfRandomNameIsFound() throws IOException {
    int size = write(folder.resolve("a%b").resolve(FILE), 0, 9);
    assertThat(deleted("u", "a%b" + ENCODED, size)).containsExactly(0, 9);
  }

  @Test
  void fileElsewhereIsFoundHoweverItsUriIsSpelled() throws IOException {
    Path elsewhere = temp.resolve("other place/vector.bin");
    int size = write(elsewhere, 1, 3);
    String path = elsewhere.toString().replace(" ", "%20");
    assertThat(deleted("p", "file:" + path, size)).containsExactly(1, 3);
    assertThat(deleted("p", "file://" + path, size)).containsExactly(1, 3);
  }

  @Test
  void pathOutOfTheTableIsRefused() throws IOException {
    int size = write(temp.resolve(FILE), 1, 3);
    assertThatThrownBy(() -> deleted("u", ".." + ENCODED, size))
        .isExactlyInstanceOf(CorruptTableException.class)
        .hasMessageStartingWith(table + ": the deletion vector ")
        .hasMessageContaining("is damaged");
  }

  @Test
  void wrongChecksumIsRefused() throws IOException {
    Path file = folder.resolve(FILE);
    int size = write(file, 2, 7);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> deleted("u", ENCODED, size))
        .isExactlyInstanceOf(CorruptTableException.class)
        .hasMessageContaining("its checksum does not match");
  }

  @Test
  void missingFileIsNamed() {
    assertThatThrownBy(() -> deleted("u", ENCODED, 40))
        .isExactlyInstanceOf(CorruptTableException.class)
        .hasMessageContaining("a file that the table needs is missing")
        .hasMessageContaining(FILE + ": does not exist. It may");
  }
}
