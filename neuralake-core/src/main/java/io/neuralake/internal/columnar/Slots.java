package io.neuralake.internal.columnar;

/**
 * Which levels of a leaf column stand for one value of a column above it: those with a repetition
 * level not above and a definition level not below the given ones. For a top-level column that is
 * one for each row, inside a list one for each element.
 */
record Slots(int repetition, int definition) {
  static final Slots ROWS = new Slots(0, 0);

  boolean includes(LeafBatch batch, int level) {
    return batch.repetitions[level] <= repetition && batch.definitions[level] >= definition;
  }

  /** Complains if a column has another number of values than its neighbours. */
  static void check(int found, int expected) {
    if (found != expected) {
      throw new CorruptPageException(
          "columns of one group disagree: " + found + " values where " + expected + " are due");
    }
  }
}
