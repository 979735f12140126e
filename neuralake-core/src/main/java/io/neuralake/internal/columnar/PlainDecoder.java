package io.neuralake.internal.columnar;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Encoding PLAIN, whole runs of values at a time. */
final class PlainDecoder implements ValueDecoder {
  private final PrimitiveTypeName type;
  private final int width;
  private final Slice bytes;
  private final ByteBuffer buffer;
  private int at;
  private int bit;

  PlainDecoder(PrimitiveType primitive, Slice bytes) {
    this.type = primitive.getPrimitiveTypeName();
    this.width = width(primitive);
    this.bytes = bytes;
    this.buffer =
        ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length())
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of one value, 0 where that varies or is less than one. */
  static int width(PrimitiveType primitive) {
    return switch (primitive.getPrimitiveTypeName()) {
      case BOOLEAN, BINARY -> 0;
      case INT32, FLOAT -> 4;
      case INT64, DOUBLE -> 8;
      case INT96 -> 12;
      case FIXED_LEN_BYTE_ARRAY -> primitive.getTypeLength();
    };
  }

  @Override
  public void read(LeafBatch target, int count) {
    check(count);
    switch (type) {
      case BOOLEAN -> readBooleans(target, count);
      case BINARY -> readBinaries(target, count);
      case INT96, FIXED_LEN_BYTE_ARRAY -> readFixed(target, count);
      default -> {
        buffer.position(at);
        int to = target.valueCount;
        switch (type) {
          case INT32 -> buffer.asIntBuffer().get(target.ints, to, count);
          case INT64 -> buffer.asLongBuffer().get(target.longs, to, count);
          case FLOAT -> buffer.asFloatBuffer().get(target.floats, to, count);
          default -> buffer.asDoubleBuffer().get(target.doubles, to, count);
        }
        at += count * width;
        target.valueCount += count;
      }
    }
  }

  /** Refuses to go over more values than there are, as far as their size is known. */
  private void check(int count) {
    boolean bits = type == PrimitiveTypeName.BOOLEAN;
    if (bits
        ? (long) bit + count > bytes.length() * 8L
        : (long) count * width > bytes.length() - at) {
      throw new CorruptPageException("a page has fewer values than it promises");
    }
  }

  @Override
  public void read(LeafBatch target, int[] wanted, int n, int count) {
    check(count);
    int to = target.valueCount;
    switch (type) {
      case BINARY -> {
        readBinaries(target, wanted, n, count);
        return;
      }
      case BOOLEAN -> {
        for (int i = 0; i < n; i++) {
          target.ints[to + i] = bitAt(bit + wanted[i]);
        }
        bit += count;
      }
      case INT32 -> {
        for (int i = 0; i < n; i++) {
          target.ints[to + i] = buffer.getInt(at + wanted[i] * width);
        }
      }
      case INT64 -> {
        for (int i = 0; i < n; i++) {
          target.longs[to + i] = buffer.getLong(at + wanted[i] * width);
        }
      }
      case FLOAT -> {
        for (int i = 0; i < n; i++) {
          target.floats[to + i] = buffer.getFloat(at + wanted[i] * width);
        }
      }
      case DOUBLE -> {
        for (int i = 0; i < n; i++) {
          target.doubles[to + i] = buffer.getDouble(at + wanted[i] * width);
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          target.addBytes(bytes.array(), bytes.offset() + at + wanted[i] * width, width);
        }
        at += count * width;
        return;
      }
    }
    at += count * width;
    target.valueCount += n;
  }

  private int bitAt(int index) {
    return (bytes.array()[bytes.offset() + (index >>> 3)] >>> (index & 7)) & 1;
  }

  private void readBooleans(LeafBatch target, int count) {
    byte[] array = bytes.array();
    int[] ints = target.ints;
    int to = target.valueCount;
    for (int i = 0; i < count; i++, bit++) {
      ints[to + i] = (array[bytes.offset() + (bit >>> 3)] >>> (bit & 7)) & 1;
    }
    target.valueCount += count;
  }

  private void readBinaries(LeafBatch target, int count) {
    for (int i = 0; i < count; i++) {
      int length = nextLength();
      target.addBytes(bytes.array(), bytes.offset() + at, length);
      at += length;
    }
  }

  private void readBinaries(LeafBatch target, int[] wanted, int n, int count) {
    int next = 0;
    for (int i = 0; i < count; i++) {
      int length = nextLength();
      if (next < n && wanted[next] == i) {
        target.addBytes(bytes.array(), bytes.offset() + at, length);
        next++;
      }
      at += length;
    }
  }

  /** Goes over the length of a byte string. */
  private int nextLength() {
    int length = bytes.intAt(at);
    at += Integer.BYTES;
    if (length < 0 || length > bytes.length() - at) {
      throw new CorruptPageException("a value claims " + length + " bytes, past its page");
    }
    return length;
  }

  private void readFixed(LeafBatch target, int count) {
    for (int i = 0; i < count; i++) {
      target.addBytes(bytes.array(), bytes.offset() + at, width);
      at += width;
    }
  }
}
