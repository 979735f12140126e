package io.neuralake.internal.row;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.util.Utf8;

/** Writers of strings and binaries. */
final class TextCells {
  /** Offset of a variable-width value. */
  private static final int OFFSET = Integer.BYTES;

  private static final int UUID_BYTES = 16;

  private TextCells() {}

  private static long put(FieldVector vector, int index, byte[] bytes, int length) {
    ((BaseVariableWidthVector) vector).setSafe(index, bytes, 0, length);
    return OFFSET + (long) length;
  }

  /** Writer of strings: character sequences, enums, UUIDs. */
  static final class StringCell extends CellWriter {
    private final boolean uuid;

    StringCell(String path, boolean nullable, SourceHints hints) {
      super(path, "string", nullable);
      this.uuid = hints.uuid();
    }

    @Override
    long writeValue(FieldVector vector, int index, Object value) {
      if (value instanceof Utf8 utf8) {
        return put(vector, index, utf8.getBytes(), utf8.getByteLength());
      }
      String text = text(value);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      // The encoder writes "?" for half a surrogate pair.
      if (contains(bytes, '?') && hasLoneSurrogate(text)) {
        throw misfit(value, "half a surrogate pair has no UTF-8 form");
      }
      return put(vector, index, bytes, bytes.length);
    }

    private static boolean contains(byte[] bytes, char wanted) {
      for (byte b : bytes) {
        if (b == wanted) {
          return true;
        }
      }
      return false;
    }

    private static boolean hasLoneSurrogate(String text) {
      return text.codePoints()
          .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private String text(Object value) {
      if (value instanceof CharSequence || value instanceof UUID) {
        return value.toString();
      } else if (value instanceof Enum<?> constant) {
        return constant.name();
      } else if (value instanceof GenericEnumSymbol<?>) {
        return value.toString();
      } else if (uuid) {
        byte[] bytes = BytesOf.value(value);
        if (bytes != null && bytes.length == UUID_BYTES) {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          return new UUID(buffer.getLong(), buffer.getLong()).toString();
        }
      }
      throw mismatch(value);
    }
  }

  /** Writer of binaries. */
  static final class BinaryCell extends CellWriter {
    BinaryCell(String path, boolean nullable) {
      super(path, "binary", nullable);
    }

    @Override
    long writeValue(FieldVector vector, int index, Object value) {
      byte[] bytes = BytesOf.value(value);
      if (bytes == null) {
        throw mismatch(value);
      }
      return put(vector, index, bytes, bytes.length);
    }
  }
}
