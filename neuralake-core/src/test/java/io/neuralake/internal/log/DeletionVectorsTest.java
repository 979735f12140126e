package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.internal.deletionvectors.Base85Codec;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.columnar.DeletedRows;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.LocalFileStore;
import io.neuralake.internal.store.Locations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

class DeletionVectorsTest {
  private static final UUID ID = UUID.fromString("d2c639aa-8816-431a-aaf6-d3fe2512ff61");

  private final FileStore store = new LocalFileStore(new Random(1));
  private String table;

  @TempDir Path folder;

  @BeforeEach
  void nameTable() {
    table = Locations.parse(folder.toString());
  }

  /** The portable format: magic, number of bitmaps, then key and bitmap each. */
  private static byte[] content(int... rows) {
    RoaringBitmap bitmap = RoaringBitmap.bitmapOf(rows);
    ByteBuffer buffer =
        ByteBuffer.allocate(16 + bitmap.serializedSizeInBytes()).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(1681511377).putLong(1).putInt(0);
    bitmap.serialize(buffer);
    return buffer.array();
  }

  /** Writes the file's version byte and, behind it, the framed content. */
  private static void write(Path file, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ByteBuffer framed = ByteBuffer.allocate(content.length + 9);
    framed.put((byte) 1).putInt(content.length).put(content).putInt((int) checksum.getValue());
    Files.createDirectories(file.getParent());
    Files.write(file, framed.array());
  }

  private static long[] deleted(DeletedRows rows) {
    return LongStream.range(0, 100).filter(rows::isDeleted).toArray();
  }

  @Test
  void vectorBesideTheDataIsFoundByItsUuid() throws IOException {
    byte[] content = content(3, 13, 99);
    write(folder.resolve("deletion_vector_" + ID + ".bin"), content);

    DeletedRows rows =
        DeletionVectors.load(
            store,
            table,
            new DeletionVector("u", Base85Codec.encodeUUID(ID), 1, content.length, 3));

    assertThat(deleted(rows)).containsExactly(3, 13, 99);
  }

  @Test
  void randomPrefixIsAFolder() throws IOException {
    byte[] content = content(1);
    write(folder.resolve("aB/deletion_vector_" + ID + ".bin"), content);

    DeletedRows rows =
        DeletionVectors.load(
            store,
            table,
            new DeletionVector("u", "aB" + Base85Codec.encodeUUID(ID), 1, content.length, 1));

    assertThat(deleted(rows)).containsExactly(1);
  }

  /** As shallow clones have them: Hadoop writes local URIs with one slash. */
  @Test
  void absolutePathIsFoundWhateverItsForm() throws IOException {
    byte[] content = content(7);
    Path file = folder.resolve("other table/v.bin");
    write(file, content);
    String encoded = file.toString().replace(" ", "%20");

    for (String path : new String[] {"file:" + encoded, "file://" + encoded}) {
      DeletedRows rows =
          DeletionVectors.load(store, table, new DeletionVector("p", path, 1, content.length, 1));
      assertThat(deleted(rows)).as(path).containsExactly(7);
    }
  }

  @Test
  void inlineVectorNeedsNoFile() {
    byte[] content = content(2, 4);
    String inline = Base85Codec.encodeBytes(content);

    DeletedRows rows =
        DeletionVectors.load(
            store, table, new DeletionVector("i", inline, null, content.length, 2));

    assertThat(deleted(rows)).containsExactly(2, 4);
  }

  @Test
  void damageIsReportedNotReadPast() throws IOException {
    byte[] content = content(3);
    Path file = folder.resolve("deletion_vector_" + ID + ".bin");
    write(file, content);
    byte[] bytes = Files.readAllBytes(file);
    bytes[10] ^= (byte) (1 + new Random(1).nextInt(255));
    Files.write(file, bytes);
    String id = Base85Codec.encodeUUID(ID);

    assertDamaged(new DeletionVector("u", id, 1, content.length, 1), "checksum does not match");
    assertDamaged(new DeletionVector("u", id, 1, content.length - 1, 1), "another size");
    assertDamaged(new DeletionVector("u", id, 1, -1, 1), "its size is -1 bytes");
    assertDamaged(new DeletionVector("x", id, 1, content.length, 1), "unknown storage type 'x'");
    assertDamaged(new DeletionVector("u", "../a" + id, 1, content.length, 1), "is refused");
    assertDamaged(new DeletionVector("u", "short", 1, content.length, 1), "is damaged");
    assertDamaged(new DeletionVector("i", "short", null, content.length, 1), "is damaged");
  }

  private void assertDamaged(DeletionVector vector, String why) {
    assertThatThrownBy(() -> DeletionVectors.load(store, table, vector))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(why);
  }
}
