package io.neuralake.internal.columnar;

/**
 * Walks over a structure in Thrift's compact protocol and checks that every length and count in it
 * is covered by bytes that are really there, so that a decoder which trusts them allocates no more
 * than the input justifies.
 */
final class ThriftBounds {
  private static final int MAX_DEPTH = 64;

  private final Slice bytes;
  private int at;

  private ThriftBounds(Slice bytes) {
    this.bytes = bytes;
  }

  /**
   * Checks one structure at the start of the bytes.
   *
   * @throws CorruptPageException if a length or count exceeds the bytes, or nesting is absurd
   */
  static void check(Slice bytes) {
    new ThriftBounds(bytes).struct(0);
  }

  private void struct(int depth) {
    if (depth > MAX_DEPTH) {
      throw new CorruptPageException("the metadata is nested more than " + MAX_DEPTH + " levels");
    }
    for (int header = next(); header != 0; header = next()) {
      if ((header & 0xf0) == 0) {
        varint();
      }
      int type = header & 0x0f;
      if (type > 2) {
        value(type, depth);
      }
    }
  }

  private void value(int type, int depth) {
    switch (type) {
      case 1, 2, 3 -> skip(1);
      case 4, 5, 6 -> varint();
      case 7 -> skip(8);
      case 8 -> skip(varint());
      case 9, 10 -> list(depth);
      case 11 -> map(depth);
      case 12 -> struct(depth + 1);
      case 13 -> skip(16);
      default -> throw new CorruptPageException("the metadata has the unknown type " + type);
    }
  }

  private void list(int depth) {
    int header = next();
    long count = (header >>> 4) == 15 ? varint() : header >>> 4;
    checkCount(count);
    for (long i = 0; i < count; i++) {
      value(header & 0x0f, depth + 1);
    }
  }

  private void map(int depth) {
    long count = varint();
    checkCount(count);
    if (count > 0) {
      int types = next();
      for (long i = 0; i < count; i++) {
        value(types >>> 4, depth + 1);
        value(types & 0x0f, depth + 1);
      }
    }
  }

  private void checkCount(long count) {
    if (count < 0 || count > bytes.length() - at) {
      throw new CorruptPageException("the metadata counts " + count + " elements, past its end");
    }
  }

  private int next() {
    if (at >= bytes.length()) {
      throw new CorruptPageException("the metadata ends too early");
    }
    return bytes.array()[bytes.offset() + at++] & 0xff;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = next();
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw new CorruptPageException("the metadata has an integer of more than 10 bytes");
  }

  private void skip(long count) {
    if (count < 0 || count > bytes.length() - at) {
      throw new CorruptPageException("the metadata has a length of " + count + ", past its end");
    }
    at += (int) count;
  }
}
