package io.neuralake.internal.row;

import org.jspecify.annotations.Nullable;

/** One property's value source, bound to a column: without boxing for primitives. */
abstract class Slot {

  boolean readBoolean(int row) {
    return (Boolean) required(row);
  }

  long readLong(int row) {
    return ((Number) required(row)).longValue();
  }

  double readDouble(int row) {
    return ((Number) required(row)).doubleValue();
  }

  abstract @Nullable Object readObject(int row);

  private Object required(int row) {
    return java.util.Objects.requireNonNull(readObject(row));
  }

  /** A slot of objects. */
  static Slot of(ObjectReader reader) {
    return new Slot() {
      @Override
      @Nullable Object readObject(int row) {
        return reader.read(row);
      }
    };
  }
}
