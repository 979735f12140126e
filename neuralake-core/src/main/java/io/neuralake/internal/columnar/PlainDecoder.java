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
    if (width > 0 && (long) count * width > bytes.length() - at) {
      throw new CorruptPageException("a page has fewer values than it promises");
    }
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

  private void readBooleans(LeafBatch target, int count) {
    if ((long) bit + count > bytes.length() * 8L) {
      throw new CorruptPageException("a page has fewer values than it promises");
    }
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
      int length = bytes.intAt(at);
      at += Integer.BYTES;
      if (length < 0 || length > bytes.length() - at) {
        throw new CorruptPageException("a value claims " + length + " bytes, past its page");
      }
      target.addBytes(bytes.array(), bytes.offset() + at, length);
      at += length;
    }
  }

  private void readFixed(LeafBatch target, int count) {
    for (int i = 0; i < count; i++) {
      target.addBytes(bytes.array(), bytes.offset() + at, width);
      at += width;
    }
  }
}
