package io.neuralake.internal.log;

import io.delta.kernel.internal.deletionvectors.Base85Codec;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.Locations;
import io.neuralake.internal.store.RangeReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Loads and stores deletion vectors (Delta protocol, "Deletion Vectors"). */
public final class DeletionVectors {

  /** Bounds what a damaged descriptor can make us hold; a vector of 2^31 rows is near this size. */
  private static final int MAX_BYTES = 512 << 20;

  /** Up to this size a descriptor is taken at its word, which saves a request. */
  private static final int UNCHECKED_BYTES = 8 << 20;

  /** The size before a vector in its file, the checksum behind it. */
  private static final int FRAME_BYTES = 8;

  private static final byte FILE_FORMAT = 1;

  /** Vectors up to this size stand in the log itself, in letters a quarter longer. */
  private static final int INLINE_BYTES = 192;

  private DeletionVectors() {}

  /** The deleted rows that a descriptor names. */
  public static RowPositions load(FileStore store, String table, DeletionVector vector) {
    String lie = implausible(vector);
    if (lie != null) {
      throw damaged(table, vector, lie, null);
    }
    if (vector.cardinality() == 0) {
      return new RowPositions();
    }
    try {
      RowPositions positions = RowPositions.ofBytes(bytes(store, table, vector));
      long rows = positions.cardinality();
      if (rows != vector.cardinality()) {
        throw damaged(
            table,
            vector,
            "it holds " + rows + " rows, the log says " + vector.cardinality(),
            null);
      }
      return positions;
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

  /** A vector within its descriptor. */
  public static DeletionVector inline(RowPositions rows) {
    byte[] content = rows.toBytes();
    return new DeletionVector(
        "i", Base85Codec.encodeBytes(content), null, content.length, rows.cardinality());
  }

  /**
   * Moves inline vectors that are large into a new file, which is written in one request; small
   * ones stay what they are.
   *
   * @param id names the file, never used before
   * @return a descriptor for each vector, in their order
   */
  public static List<DeletionVector> store(
      FileStore store, String table, UUID id, List<DeletionVector> inline) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(FILE_FORMAT);
    List<DeletionVector> stored = new ArrayList<>(inline.size());
    for (DeletionVector vector : inline) {
      if (vector.sizeInBytes() <= INLINE_BYTES) {
        stored.add(vector);
        continue;
      }
      byte[] content = Base85Codec.decodeBytes(vector.pathOrInlineDv(), vector.sizeInBytes());
      CRC32 checksum = new CRC32();
      checksum.update(content);
      stored.add(
          new DeletionVector(
              "u", Base85Codec.encodeUUID(id), file.size(), content.length, vector.cardinality()));
      file.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(content.length).array());
      file.writeBytes(content);
      file.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt((int) checksum.getValue()).array());
    }
    if (file.size() > 1) {
      store.write(Locations.child(table, fileName(id)), file.toByteArray());
    }
    return stored;
  }

  /** The name of a file of vectors, in the table's folder. */
  public static String fileName(UUID id) {
    return "deletion_vector_" + id + ".bin";
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
    String name = fileName(Base85Codec.decodeUUID(text.substring(split)));
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
