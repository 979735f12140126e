package io.neuralake.internal.columnar;

import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Encodings PLAIN_DICTIONARY and RLE_DICTIONARY: runs of indexes into a dictionary. */
final class DictionaryDecoder implements ValueDecoder {
  private final PrimitiveTypeName type;
  private final LeafBatch dictionary;
  private final RleDecoder indexes;
  private int[] buffer = new int[0];

  /**
   * A decoder of one page.
   *
   * @param dictionary the values that the indexes count
   * @param bytes one byte of bit width, then the indexes
   */
  DictionaryDecoder(PrimitiveTypeName type, LeafBatch dictionary, Slice bytes) {
    this.type = type;
    this.dictionary = dictionary;
    // A page without values may leave out even the bit width.
    int bitWidth = bytes.length() == 0 ? 1 : bytes.array()[bytes.offset()] & 0xff;
    int header = Math.min(1, bytes.length());
    this.indexes = new RleDecoder(bytes.part(header, bytes.length() - header), bitWidth);
  }

  @Override
  public void read(LeafBatch target, int count) {
    reserve(count);
    indexes.read(buffer, 0, count);
    append(target, count);
  }

  @Override
  public void read(LeafBatch target, int[] wanted, int n, int count) {
    reserve(n);
    indexes.read(buffer, wanted, n, count);
    append(target, n);
  }

  private void reserve(int count) {
    if (buffer.length < count) {
      buffer = new int[count];
    }
  }

  private void append(LeafBatch target, int count) {
    int size = dictionary.valueCount;
    for (int i = 0; i < count; i++) {
      if (Integer.compareUnsigned(buffer[i], size) >= 0) {
        throw new CorruptPageException(
            "a page refers to entry " + buffer[i] + " of a dictionary of " + size);
      }
    }
    int to = target.valueCount;
    switch (type) {
      case INT32, BOOLEAN -> {
        for (int i = 0; i < count; i++) {
          target.ints[to + i] = dictionary.ints[buffer[i]];
        }
      }
      case INT64 -> {
        for (int i = 0; i < count; i++) {
          target.longs[to + i] = dictionary.longs[buffer[i]];
        }
      }
      case FLOAT -> {
        for (int i = 0; i < count; i++) {
          target.floats[to + i] = dictionary.floats[buffer[i]];
        }
      }
      case DOUBLE -> {
        for (int i = 0; i < count; i++) {
          target.doubles[to + i] = dictionary.doubles[buffer[i]];
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          int entry = buffer[i];
          target.addBytes(dictionary.bytes, dictionary.starts[entry], dictionary.lengths[entry]);
        }
        return;
      }
    }
    target.valueCount += count;
  }
}
