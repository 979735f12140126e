package io.neuralake.internal.row;

import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;

/** Writes structs: each field out of the same container. */
abstract class StructCell extends CellWriter {
  private final FieldWriter[] fields;

  StructCell(String path, String expected, boolean nullable, List<FieldWriter> fields) {
    super(path, expected, nullable);
    this.fields = fields.toArray(FieldWriter[]::new);
  }

  /** Checks that the value is of the kind that the field writers read, and gives it to them. */
  abstract Object container(Object value);

  @Override
  final long writeValue(FieldVector vector, int index, Object value) {
    Object container = container(value);
    StructVector struct = (StructVector) vector;
    struct.setIndexDefined(index);
    long bytes = 1;
    for (int i = 0; i < fields.length; i++) {
      FieldVector child = (FieldVector) struct.getChildByOrdinal(i);
      bytes += fields[i].write(container, child, index);
    }
    return bytes;
  }

  /** Writes a whole row into the vectors of a batch. */
  final long writeRow(List<FieldVector> vectors, int index, Object row) {
    Object container = container(row);
    long bytes = 0;
    for (int i = 0; i < fields.length; i++) {
      bytes += fields[i].write(container, vectors.get(i), index);
    }
    return bytes;
  }
}
