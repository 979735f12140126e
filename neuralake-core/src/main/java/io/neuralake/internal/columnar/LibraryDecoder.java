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
  private final PrimitiveTypeName type;
  private final ValuesReader reader;

  LibraryDecoder(ColumnDescriptor column, Encoding encoding, Slice bytes, int valueCount)
      throws IOException {
    this.type = column.getPrimitiveType().getPrimitiveTypeName();
    if (encoding.name().startsWith("DELTA")) {
      int end = new DeltaBounds(bytes, 0).check(valueCount);
      if (encoding == Encoding.DELTA_BYTE_ARRAY) {
        new DeltaBounds(bytes, end).check(valueCount);
      }
    }
    this.reader = encoding.getValuesReader(column, ValuesType.VALUES);
    reader.initFromPage(
        valueCount,
        ByteBufferInputStream.wrap(ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length())));
  }

  @Override
  public void read(LeafBatch target, int count) {
    for (int i = 0; i < count; i++) {
      read(target);
    }
  }

  @Override
  public void read(LeafBatch target, int[] wanted, int n, int count) {
    int at = 0;
    for (int i = 0; i < n; i++) {
      reader.skip(wanted[i] - at);
      read(target);
      at = wanted[i] + 1;
    }
    reader.skip(count - at);
  }

  private void read(LeafBatch target) {
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
