package io.neuralake.internal.columnar;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** The rarer encodings (DELTA_*, BYTE_STREAM_SPLIT, RLE booleans) by parquet-java's readers. */
final class LibraryDecoder implements ValueDecoder {
  /** Values that a byte of a delta encoded page can hold at the very best. */
  private static final long MAX_VALUES_PER_BYTE = 4096;

  private final PrimitiveTypeName type;
  private final ValuesReader reader;

  LibraryDecoder(ColumnDescriptor column, Encoding encoding, Slice bytes, int valueCount)
      throws IOException {
    this.type = column.getPrimitiveType().getPrimitiveTypeName();
    if (encoding.name().startsWith("DELTA")) {
      checkDeltaHeader(bytes, valueCount);
    }
    this.reader = encoding.getValuesReader(column, ValuesType.VALUES);
    reader.initFromPage(
        valueCount,
        ByteBufferInputStream.wrap(ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length())));
  }

  /** The library allocates what the header says, so the header has to be plausible. */
  private static void checkDeltaHeader(Slice bytes, int valueCount) {
    long[] header = new long[3];
    int at = 0;
    for (int i = 0; i < header.length; i++) {
      int b;
      int shift = 0;
      do {
        b = bytes.part(at, 1).array()[bytes.offset() + at] & 0xff;
        at++;
        header[i] |= (b & 0x7fL) << shift;
        shift += 7;
      } while (b >= 0x80 && shift < 35);
    }
    long total = header[2];
    if (header[0] <= 0
        || header[0] > 1 << 16
        || header[1] <= 0
        || header[1] > header[0]
        || total > valueCount
        || total > MAX_VALUES_PER_BYTE * bytes.length()) {
      throw new CorruptPageException(
          "a delta encoded page of " + bytes.length() + " bytes claims " + total + " values");
    }
  }

  @Override
  public void read(LeafBatch target, int count) {
    for (int i = 0; i < count; i++) {
      switch (type) {
        case BOOLEAN -> target.ints[target.valueCount++] = reader.readBoolean() ? 1 : 0;
        case INT32 -> target.ints[target.valueCount++] = reader.readInteger();
        case INT64 -> target.longs[target.valueCount++] = reader.readLong();
        case FLOAT -> target.floats[target.valueCount++] = reader.readFloat();
        case DOUBLE -> target.doubles[target.valueCount++] = reader.readDouble();
        default -> {
          Binary value = reader.readBytes();
          target.addBytes(value.getBytesUnsafe(), 0, value.length());
        }
      }
    }
  }
}
