package io.neuralake.testkit.history;

import java.util.List;

/** A part of an operation: all steps of one are to take effect at the same moment. */
public sealed interface Step {

  /** The name of the list that it is about. */
  String key();

  /**
   * Puts a value behind the others of a list.
   *
   * @param key names the list
   * @param value occurs once per list in a whole history
   */
  record Append(String key, long value) implements Step {
    @Override
    public String toString() {
      return "append " + value + " to " + key;
    }
  }

  /**
   * Reads a whole list.
   *
   * @param key names the list
   * @param values what was read; of an operation that has not returned, nothing
   */
  record Read(String key, List<Long> values) implements Step {
    public Read {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return "read " + key + " as " + values;
    }
  }
}
