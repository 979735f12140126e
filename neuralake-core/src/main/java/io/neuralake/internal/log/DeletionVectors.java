package io.neuralake.internal.log;

import io.delta.kernel.internal.deletionvectors.Base85Codec;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.columnar.DeletedRows;
import io.neuralake.internal.store.FileStore;
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

  /** Up to this size a descriptor is taken at its word, which saves a request. */
  private static final int UNCHECKED_BYTES = 8 << 20;

  /** The size before a vector in its file, the checksum behind it. */
  private static final int FRAME_BYTES = 8;

  private static final int PORTABLE_FORMAT = 1681511377;

  private DeletionVectors() {}

  /** The deleted rows that a descriptor names. */
  public static DeletedRows load(FileStore store, String table, DeletionVector vector) {
    String lie = implausible(vector);
    if (lie != null) {
      throw damaged(table, vector, lie, null);
    }
    if (vector.cardinality() == 0) {
      return new Bitmaps(Map.of());
    }
    try {
      Map<Integer, RoaringBitmap> bitmaps = decode(bytes(store, table, vector));
      long rows = bitmaps.values().stream().mapToLong(RoaringBitmap::getLongCardinality).sum();
      if (rows != vector.cardinality()) {
        throw damaged(
            table,
            vector,
            "it holds " + rows + " rows, the log says " + vector.cardinality(),
            null);
      }
      return new Bitmaps(bitmaps);
    } catch (IOException e) {
      throw KernelErrors.translate(table, "reading the deletion vector " + vector.uniqueId(), e);
    } catch (RuntimeException e) {
      throw damaged(table, vector, String.valueOf(e.getMessage()), e);
    }
  }

  /** The same vector as it is named by a table that it does not lie in. */
  public static DeletionVector absolute(String table, DeletionVector vector) {
    return vector.storageType().equals("i")
        ? vector
        : new DeletionVector(
            "p",
            DataPaths.absolute(location(table, vector)),
            vector.offset(),
            vector.sizeInBytes(),
            vector.cardinality());
  }

  private static @Nullable String implausible(DeletionVector vector) {
    if (vector.sizeInBytes() < 0 || vector.sizeInBytes() > MAX_BYTES) {
      return "its size is " + vector.sizeInBytes() + " bytes";
    }
    if (vector.cardinality() < 0) {
      return "it holds " + vector.cardinality() + " rows";
    }
    return vector.offset() != null && vector.offset() < 0
        ? "it begins at byte " + vector.offset()
        : null;
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

  private record Bitmaps(Map<Integer, RoaringBitmap> byHighBits) implements DeletedRows {
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
    long start = vector.offset() == null ? 0 : vector.offset();
    int length = vector.sizeInBytes() + FRAME_BYTES;
    byte[] framed;
    try (RangeReader reader = store.open(location(table, vector), -1)) {
      if (length > UNCHECKED_BYTES && start + length > reader.size()) {
        throw damaged(table, vector, "it would end behind the end of its file", null);
      }
      framed = new byte[length];
      reader.readFully(start, framed, 0, length);
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

  /** Where the file is: by its UUID below the table, or by an absolute path. */
  static String location(String table, DeletionVector vector) {
    String text = vector.pathOrInlineDv();
    if (vector.storageType().equals("p")) {
      if (!DataPaths.isAbsolute(text)) {
        throw damaged(table, vector, "its path is not absolute", null);
      }
      return DataPaths.resolve(table, text);
    }
    if (!vector.storageType().equals("u")) {
      throw damaged(
          table, vector, "it has an unknown storage type '" + vector.storageType() + "'", null);
    }
    if (text.length() < Base85Codec.ENCODED_UUID_LENGTH) {
      throw damaged(table, vector, "its path is too short", null);
    }
    int split = text.length() - Base85Codec.ENCODED_UUID_LENGTH;
    String prefix = split == 0 ? "" : text.substring(0, split) + "/";
    String name = "deletion_vector_" + Base85Codec.decodeUUID(text.substring(split)) + ".bin";
    return DataPaths.resolve(table, DataPaths.encode(prefix + name));
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
