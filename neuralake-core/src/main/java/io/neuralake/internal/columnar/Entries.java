package io.neuralake.internal.columnar;

import java.util.Arrays;

/**
 * What a nested column has to write: positions in its vector, -1 where something around is null or
 * empty, with the levels around them. The arrays are used again.
 */
final class Entries {
  int[] indexes = {};
  int[] repetitions = {};
  int[] definitions = {};
  int count;

  /** Forgets the entries and makes room. */
  void clear(int room) {
    count = 0;
    reserve(room);
  }

  void reserve(int room) {
    if (room > indexes.length) {
      int size = Math.max(room, (int) Math.min(Integer.MAX_VALUE - 8, 2L * indexes.length));
      indexes = Arrays.copyOf(indexes, size);
      repetitions = Arrays.copyOf(repetitions, size);
      definitions = Arrays.copyOf(definitions, size);
    }
  }

  /** Adds one where there is room. */
  void add(int index, int repetition, int definition) {
    indexes[count] = index;
    repetitions[count] = repetition;
    definitions[count++] = definition;
  }

  /** The rows of a top-level column. */
  void rows(int from, int to) {
    clear(to - from);
    for (int row = from; row < to; row++) {
      add(row, 0, 0);
    }
  }
}
