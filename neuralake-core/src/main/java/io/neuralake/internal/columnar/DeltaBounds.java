package io.neuralake.internal.columnar;

/**
 * Checks a DELTA_BINARY_PACKED sequence before the library decodes it, which allocates what the
 * sequence's header claims.
 */
final class DeltaBounds {
  private static final long MAX_BLOCK_VALUES = 1 << 16;

  /** Values that a byte can stand for at the very best: all of them equal. */
  private static final long MAX_VALUES_PER_BYTE = 4096;

  private final Slice bytes;
  private int at;

  DeltaBounds(Slice bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  /**
   * Checks the header and walks over the blocks.
   *
   * @param most values that the page can have
   * @return the position behind the sequence
   */
  int check(int most) {
    long block = varint();
    long miniBlocks = varint();
    long total = varint();
    varint();
    if (block <= 0 || block > MAX_BLOCK_VALUES || miniBlocks <= 0 || miniBlocks > block) {
      throw new CorruptPageException("a delta encoded page has blocks of " + block + " values");
    }
    if (total < 0 || total > most || total > MAX_VALUES_PER_BYTE * bytes.length()) {
      throw new CorruptPageException("a delta encoded page claims " + total + " values");
    }
    long valuesPerMiniBlock = block / miniBlocks;
    for (long left = total - 1; left > 0; ) {
      varint();
      Slice widths = bytes.part(at, (int) miniBlocks);
      at += (int) miniBlocks;
      for (int i = 0; i < miniBlocks && left > 0; i++) {
        int width = widths.array()[widths.offset() + i] & 0xff;
        if (width > Long.SIZE) {
          throw new CorruptPageException("a delta encoded page has values of " + width + " bits");
        }
        long size = width * valuesPerMiniBlock / Byte.SIZE;
        // Some writers leave out the padding of the last block.
        at = (int) Math.min(bytes.length(), at + size);
        left -= valuesPerMiniBlock;
      }
    }
    return at;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      byte b = bytes.array()[bytes.part(at++, 1).offset()];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new CorruptPageException("a delta encoded page has an integer of more than 10 bytes");
  }
}
