package io.neuralake.internal.order;

/** A way through all cells of a cube, on which neighbours mostly stay neighbours. */
public enum Curve {
  /** Bits of the coordinates in turns. */
  Z_ORDER {
    @Override
    long place(int[] cell, int bits) {
      return interleave(cell, bits);
    }
  },

  /** Never jumps: consecutive cells touch each other. */
  HILBERT {
    @Override
    long place(int[] cell, int bits) {
      int top = 1 << (bits - 1);
      for (int q = top; q > 1; q >>= 1) {
        for (int i = 0; i < cell.length; i++) {
          if ((cell[i] & q) != 0) {
            cell[0] ^= q - 1;
          } else {
            int swapped = (cell[0] ^ cell[i]) & (q - 1);
            cell[0] ^= swapped;
            cell[i] ^= swapped;
          }
        }
      }
      for (int i = 1; i < cell.length; i++) {
        cell[i] ^= cell[i - 1];
      }
      int turned = 0;
      for (int q = top; q > 1; q >>= 1) {
        if ((cell[cell.length - 1] & q) != 0) {
          turned ^= q - 1;
        }
      }
      for (int i = 0; i < cell.length; i++) {
        cell[i] ^= turned;
      }
      return interleave(cell, bits);
    }
  };

  /**
   * How far along the curve a cell lies.
   *
   * @param cell coordinates below {@code 1 << bits}; changed on the way
   * @param bits of each coordinate; all together at most 62
   */
  abstract long place(int[] cell, int bits);

  private static long interleave(int[] cell, int bits) {
    long place = 0;
    for (int bit = bits - 1; bit >= 0; bit--) {
      for (int coordinate : cell) {
        place = (place << 1) | ((coordinate >>> bit) & 1);
      }
    }
    return place;
  }
}
