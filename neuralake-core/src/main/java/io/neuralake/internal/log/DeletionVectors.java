package io.neuralake.internal.log;

import io.delta.kernel.internal.deletionvectors.Base85Codec;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.columnar.DeletedRows;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.Locations;
import io.neuralake.internal.store.RangeReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** Loads deletion vectors (Delta protocol, "Deletion Vectors"); arrays of Roaring bitmaps. */
public final class DeletionVectors {

  /** Bounds what a damaged descriptor can make us hold; a vector of 2^31 rows is near this size. */
  private static final int MAX_BYTES = 512 << 20;

  private static final int PORTABLE_FORMAT = 1681511377;

  private DeletionVectors() {}

  /** The deleted rows that a descriptor names. */
  public static DeletedRows load(FileStore store, String table, DeletionVector vector) {
    if (vector.sizeInBytes() < 0 || vector.sizeInBytes() > MAX_BYTES) {
      throw damaged(table, vector, "its size is " + vector.sizeInBytes() + " bytes", null);
    }
    try {
      return vector.cardinality() == 0
          ? new Bitmaps(Map.of(), 0)
          : new Bitmaps(decode(bytes(store, table, vector)), vector.cardinality());
    } catch (IOException e) {
      throw KernelErrors.translate(table, "reading the deletion vector " + vector.uniqueId(), e);
    } catch (RuntimeException e) {
      throw damaged(table, vector, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The portable serialization: per 2^32 rows, a key and a bitmap of the low 32 bits. A bitmap that
   * is not there is empty, so a large key costs nothing.
   */
  private static Map<Integer, RoaringBitmap> decode(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int magic = buffer.getInt();
    if (magic != PORTABLE_FORMAT) {
      throw new IllegalArgumentException("unknown serialization " + magic);
    }
    long count = buffer.getLong();
    if (count < 0 || count > buffer.remaining() / Integer.BYTES) {
      throw new IllegalArgumentException(count + " bitmaps in " + buffer.remaining() + " bytes");
    }
    Map<Integer, RoaringBitmap> bitmaps = new HashMap<>();
    for (long i = 0; i < count; i++) {
      int key = buffer.getInt();
      RoaringBitmap bitmap = new RoaringBitmap();
      bitmap.deserialize(buffer.slice().order(ByteOrder.LITTLE_ENDIAN));
      buffer.position(buffer.position() + bitmap.serializedSizeInBytes());
      if (key < 0 || bitmaps.put(key, bitmap) != null) {
        throw new IllegalArgumentException("bitmap key " + key + " is negative or comes twice");
      }
    }
    return bitmaps;
  }

  private record Bitmaps(Map<Integer, RoaringBitmap> byHighBits, long cardinality)
      implements DeletedRows {
    @Override
    public boolean isDeleted(long rowIndexInFile) {
      RoaringBitmap bitmap = byHighBits.get((int) (rowIndexInFile >>> 32));
      return bitmap != null && bitmap.contains((int) rowIndexInFile);
    }
  }

  private static byte[] bytes(FileStore store, String table, DeletionVector vector)
      throws IOException {
    String text = vector.pathOrInlineDv();
    if (vector.storageType().equals("i")) {
      return Base85Codec.decodeBytes(text, vector.sizeInBytes());
    }
    String location = location(table, vector.storageType(), text);
    byte[] framed = new byte[vector.sizeInBytes() + 8];
    try (RangeReader reader = store.open(location, -1)) {
      reader.readFully(vector.offset() == null ? 0 : vector.offset(), framed, 0, framed.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(framed);
    if (buffer.getInt() != vector.sizeInBytes()) {
      throw damaged(table, vector, "the file holds a vector of another size", null);
    }
    byte[] content = new byte[vector.sizeInBytes()];
    buffer.get(content);
    CRC32 checksum = new CRC32();
    checksum.update(content);
    if (buffer.getInt() != (int) checksum.getValue()) {
      throw damaged(table, vector, "its checksum does not match", null);
    }
    return content;
  }

  /** Where a vector's file is; a random prefix before the UUID is a folder. */
  private static String location(String table, String storageType, String text) {
    switch (storageType) {
      case "u":
        int split = text.length() - Base85Codec.ENCODED_UUID_LENGTH;
        String name = "deletion_vector_" + Base85Codec.decodeUUID(text.substring(split)) + ".bin";
        return Locations.resolveInside(
            table, split == 0 ? name : text.substring(0, split) + "/" + name);
      case "p":
        return DataPaths.resolve(table, text);
      default:
        throw new IllegalArgumentException("unknown storage type '" + storageType + "'");
    }
  }

  private static CorruptTableException damaged(
      String table, DeletionVector vector, String why, @Nullable Throwable cause) {
    return cause instanceof CorruptTableException known
        ? known
        : new CorruptTableException(
            table + ": the deletion vector " + vector.uniqueId() + " is damaged: " + why + ".",
            cause);
  }
}
