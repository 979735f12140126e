package io.neuralake.testkit.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * The rows that a deletion vector names, decoded by what the Delta protocol ("Deletion Vector
 * Format") and the Roaring format specification say.
 */
final class VectorContent {
  private static final int MAGIC = 1681511377;
  private static final int COOKIE_WITHOUT_RUNS = 12346;
  private static final int COOKIE = 12347;
  private static final int ARRAY_MAX = 4096;
  private static final int BITMAP_BYTES = 8192;
  private static final int NO_OFFSETS_BELOW = 4;
  private static final int UUID_CHARACTERS = 20;
  private static final String Z85 =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

  private VectorContent() {}

  /** Where the vector is, relative to the table or absolute; empty if it is in the log. */
  static String path(JsonNode vector) throws IOException {
    String named = vector.path("pathOrInlineDv").asText();
    switch (vector.path("storageType").asText()) {
      case "i":
        return "";
      case "p":
        return LogPaths.decoded(named);
      case "u":
        int prefix = named.length() - UUID_CHARACTERS;
        if (prefix < 0) {
          throw new IOException("the vector's name is too short: " + named);
        }
        ByteBuffer id = ByteBuffer.wrap(z85(named.substring(prefix)));
        String file = "deletion_vector_" + new UUID(id.getLong(), id.getLong()) + ".bin";
        return prefix == 0 ? file : named.substring(0, prefix) + "/" + file;
      default:
        throw new IOException("no such kind of vector: " + vector.path("storageType").asText());
    }
  }

  /** The positions of the deleted rows. */
  static BitSet positions(JsonNode vector, TableFiles files) throws IOException {
    String path = path(vector);
    int size = vector.path("sizeInBytes").asInt();
    try {
      if (path.isEmpty()) {
        byte[] inline = z85(vector.path("pathOrInlineDv").asText());
        return bitmap(ByteBuffer.wrap(Arrays.copyOf(inline, Math.min(size, inline.length))));
      }
      ByteBuffer file = ByteBuffer.wrap(files.read(path));
      if (file.get(0) != 1) {
        throw new IOException("no such version of vector files: " + file.get(0));
      }
      file.position(vector.path("offset").asInt());
      int stored = file.getInt();
      if (stored != size) {
        throw new IOException("the log says " + size + " bytes, the file " + stored);
      }
      byte[] data = new byte[size];
      file.get(data);
      CRC32 checksum = new CRC32();
      checksum.update(data);
      if ((int) checksum.getValue() != file.getInt()) {
        throw new IOException("its checksum does not fit");
      }
      return bitmap(ByteBuffer.wrap(data));
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("damaged: " + e, e);
    }
  }

  private static byte[] z85(String text) throws IOException {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(ascii.length / 5 * 4);
    for (int i = 0; i + 5 <= ascii.length; i += 5) {
      long value = 0;
      for (int j = 0; j < 5; j++) {
        int digit = Z85.indexOf(ascii[i + j]);
        if (digit < 0) {
          throw new IOException("not base 85: " + text);
        }
        value = value * 85 + digit;
      }
      bytes.putInt((int) value);
    }
    return bytes.array();
  }

  private static BitSet bitmap(ByteBuffer data) throws IOException {
    data.order(ByteOrder.LITTLE_ENDIAN);
    if (data.getInt() != MAGIC) {
      throw new IOException("not a vector: its first bytes are wrong");
    }
    BitSet rows = new BitSet();
    long bitmaps = data.getLong();
    for (long i = 0; i < bitmaps; i++) {
      if (data.getInt() != 0) {
        throw new IOException("it names a row behind the two thousand millionth");
      }
      roaring(data, rows);
    }
    return rows;
  }

  private static void roaring(ByteBuffer data, BitSet rows) throws IOException {
    int cookie = data.getInt();
    boolean runs = (cookie & 0xFFFF) == COOKIE;
    if (!runs && cookie != COOKIE_WITHOUT_RUNS) {
      throw new IOException("not a bitmap: its cookie is " + cookie);
    }
    int containers = runs ? (cookie >>> 16) + 1 : data.getInt();
    byte[] isRun = new byte[runs ? (containers + 7) / 8 : 0];
    data.get(isRun);
    int[] keys = new int[containers];
    int[] counts = new int[containers];
    for (int i = 0; i < containers; i++) {
      keys[i] = Short.toUnsignedInt(data.getShort());
      counts[i] = Short.toUnsignedInt(data.getShort()) + 1;
    }
    if (!runs || containers >= NO_OFFSETS_BELOW) {
      data.position(data.position() + 4 * containers);
    }
    for (int i = 0; i < containers; i++) {
      int base = keys[i] << 16;
      if (runs && (isRun[i / 8] & 1 << i % 8) != 0) {
        for (int left = Short.toUnsignedInt(data.getShort()); left > 0; left--) {
          int start = base + Short.toUnsignedInt(data.getShort());
          rows.set(start, start + Short.toUnsignedInt(data.getShort()) + 1);
        }
      } else if (counts[i] <= ARRAY_MAX) {
        for (int left = counts[i]; left > 0; left--) {
          rows.set(base + Short.toUnsignedInt(data.getShort()));
        }
      } else {
        byte[] bits = new byte[BITMAP_BYTES];
        data.get(bits);
        BitSet.valueOf(bits).stream().forEach(bit -> rows.set(base + bit));
      }
    }
  }
}
