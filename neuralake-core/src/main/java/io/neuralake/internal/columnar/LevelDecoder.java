package io.neuralake.internal.columnar;

import java.util.Arrays;
import org.apache.parquet.column.Encoding;
import org.jspecify.annotations.Nullable;

/** Decodes the definition or repetition levels of one page. Not thread-safe. */
final class LevelDecoder {
  private final @Nullable RleDecoder runs;
  private final Slice packed;
  private final int bitWidth;
  private final int maxLevel;
  private int[] buffer = new int[0];
  private long bit;

  private LevelDecoder(@Nullable RleDecoder runs, Slice packed, int maxLevel) {
    this.runs = runs;
    this.packed = packed;
    this.maxLevel = maxLevel;
    this.bitWidth = bitWidth(maxLevel);
  }

  /** Levels in runs without a length in front, as in version 2 data pages. */
  static LevelDecoder runs(Slice bytes, int maxLevel) {
    return new LevelDecoder(new RleDecoder(bytes, bitWidth(maxLevel)), bytes, maxLevel);
  }

  /** Levels packed from the most significant bit on: deprecated, but old files have them. */
  static LevelDecoder bitPacked(Slice bytes, int maxLevel) {
    return new LevelDecoder(null, bytes, maxLevel);
  }

  /**
   * How many bytes the levels take at the start of a version 1 data page, their length included.
   *
   * @param page the page from the levels on
   * @param count levels in the page
   */
  static int bytesInPageV1(Encoding encoding, Slice page, int maxLevel, int count) {
    if (maxLevel == 0) {
      return 0;
    }
    if (encoding == Encoding.RLE) {
      int length = page.intAt(0);
      if (length < 0 || length > page.length() - Integer.BYTES) {
        throw new CorruptPageException("the levels of a page claim " + length + " bytes");
      }
      return Integer.BYTES + length;
    }
    if (encoding.name().equals("BIT_PACKED")) {
      return Math.toIntExact(((long) count * bitWidth(maxLevel) + 7) / 8);
    }
    throw new CorruptPageException("the levels of a page have the encoding " + encoding);
  }

  static LevelDecoder inPageV1(Encoding encoding, Slice levels, int maxLevel) {
    if (maxLevel == 0) {
      return runs(levels, 0);
    }
    return encoding == Encoding.RLE
        ? runs(levels.part(Integer.BYTES, levels.length() - Integer.BYTES), maxLevel)
        : bitPacked(levels, maxLevel);
  }

  private static int bitWidth(int maxLevel) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(maxLevel);
  }

  /**
   * Decodes the next levels.
   *
   * @return whether all of them are the maximum
   */
  boolean read(byte[] target, int count) {
    if (maxLevel == 0) {
      Arrays.fill(target, 0, count, (byte) 0);
      return true;
    }
    int same = runs == null ? -1 : runs.sameValue(count);
    if (same >= 0) {
      Arrays.fill(target, 0, count, checked(same));
      return same == maxLevel;
    }
    if (buffer.length < count) {
      buffer = new int[count];
    }
    if (runs != null) {
      runs.read(buffer, 0, count);
    } else {
      unpack(count);
    }
    int differing = 0;
    for (int i = 0; i < count; i++) {
      differing |= buffer[i] ^ maxLevel;
      target[i] = checked(buffer[i]);
    }
    return differing == 0;
  }

  private byte checked(int level) {
    if (level > maxLevel || level < 0) {
      throw new CorruptPageException("a level of " + level + " where at most " + maxLevel + " is");
    }
    return (byte) level;
  }

  /**
   * How many rows the next repetition levels start, -1 if they do not start with one; nothing is
   * taken.
   */
  int countRows(int count) {
    if (maxLevel == 0) {
      return count;
    }
    LevelDecoder again = runs == null ? bitPacked(packed, maxLevel) : runs(packed, maxLevel);
    byte[] levels = new byte[Math.min(count, 8192)];
    int rows = 0;
    for (int done = 0; done < count; done += levels.length) {
      int some = Math.min(levels.length, count - done);
      again.read(levels, some);
      if (done == 0 && levels[0] != 0) {
        return -1;
      }
      for (int i = 0; i < some; i++) {
        rows += levels[i] == 0 ? 1 : 0;
      }
    }
    return rows;
  }

  private void unpack(int count) {
    for (int i = 0; i < count; i++) {
      int level = 0;
      for (int b = 0; b < bitWidth; b++, bit++) {
        int p = (int) (bit >>> 3);
        if (p >= packed.length()) {
          throw new CorruptPageException("the levels of a page end too early");
        }
        int one = (packed.array()[packed.offset() + p] >>> (7 - (bit & 7))) & 1;
        level = (level << 1) | one;
      }
      buffer[i] = level;
    }
  }
}
