package io.neuralake.internal.columnar;

/** A part of an array that nobody changes any more; never compared. */
@SuppressWarnings("ArrayRecordComponent")
record Slice(byte[] array, int offset, int length) {

  int end() {
    return offset + length;
  }

  /**
   * A part of this slice.
   *
   * @throws CorruptPageException if the part is not inside
   */
  Slice part(int from, int size) {
    if (from < 0 || size < 0 || size > length - from) {
      throw new CorruptPageException(
          "a part of " + size + " bytes at " + from + " is not within " + length + " bytes");
    }
    return new Slice(array, offset + from, size);
  }

  /** The little-endian integer at a position of this slice. */
  int intAt(int at) {
    Slice four = part(at, Integer.BYTES);
    int p = four.offset;
    return (array[p] & 0xff)
        | (array[p + 1] & 0xff) << 8
        | (array[p + 2] & 0xff) << 16
        | (array[p + 3] & 0xff) << 24;
  }
}
