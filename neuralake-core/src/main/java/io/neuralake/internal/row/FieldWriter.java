package io.neuralake.internal.row;

import org.apache.arrow.vector.FieldVector;

/** Takes one field out of a container (a record, an object, a map) and writes it. */
interface FieldWriter {

  long write(Object container, FieldVector vector, int index);

  /** Writes what a getter gives, without boxing where the getter gives a primitive. */
  static FieldWriter of(Getter getter, CellWriter cell) {
    if (getter instanceof Getter.OfLong g) {
      return (c, vector, index) -> cell.writeLong(vector, index, g.function().applyAsLong(c));
    } else if (getter instanceof Getter.OfDouble g) {
      return (c, vector, index) -> cell.writeDouble(vector, index, g.function().applyAsDouble(c));
    } else if (getter instanceof Getter.OfBoolean g) {
      return (c, vector, index) -> cell.writeBoolean(vector, index, g.function().test(c));
    }
    Getter.OfObject g = (Getter.OfObject) getter;
    return (c, vector, index) -> cell.write(vector, index, g.function().apply(c));
  }

  /** Writes null: the source lacks the field. */
  static FieldWriter missing(CellWriter cell) {
    return (c, vector, index) -> cell.writeNull(vector, index);
  }
}
