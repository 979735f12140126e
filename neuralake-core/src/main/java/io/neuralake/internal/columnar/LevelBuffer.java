package io.neuralake.internal.columnar;

import java.util.Arrays;

/** Levels of a page being written; costs nothing while all of them are equal. Not thread-safe. */
final class LevelBuffer {
  private final int max;
  private int[] levels = {};
  private int count;
  private int first;
  private boolean uniform = true;

  LevelBuffer(int max) {
    this.max = max;
  }

  /** Adds a level many times. */
  void add(int level, int times) {
    if (uniform && (count == 0 || level == first)) {
      first = level;
    } else {
      room(times);
      Arrays.fill(levels, count, count + times, level);
    }
    count += times;
  }

  /** Adds the levels of a part of an array. */
  void addAll(int[] from, int start, int times) {
    int level = from[start];
    for (int i = start + 1; i < start + times; i++) {
      if (from[i] != level) {
        room(times);
        System.arraycopy(from, start, levels, count, times);
        count += times;
        return;
      }
    }
    add(level, times);
  }

  private void room(int more) {
    int needed = Math.addExact(count, more);
    if (needed > levels.length) {
      int doubled = (int) Math.min(Integer.MAX_VALUE - 8, 2L * levels.length);
      levels = Arrays.copyOf(levels, Math.max(needed, doubled));
    }
    if (uniform) {
      Arrays.fill(levels, 0, count, first);
      uniform = false;
    }
  }

  int count() {
    return count;
  }

  /** Ends the page: adds its levels, behind their length, to it; nothing if there is one level. */
  void encode(GrowingBytes out) {
    if (max > 0) {
      int start = out.extend(Integer.BYTES);
      int width = RleEncoder.width(max);
      if (uniform) {
        RleEncoder.run(first, count, width, out);
      } else {
        RleEncoder.encode(levels, count, width, out);
      }
      out.setInt(start, out.length() - start - Integer.BYTES);
    }
    count = 0;
    uniform = true;
  }
}
