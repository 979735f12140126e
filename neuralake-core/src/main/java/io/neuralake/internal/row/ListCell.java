package io.neuralake.internal.row;

import java.lang.reflect.Array;
import java.util.Collection;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;

/** Writes collections and arrays. */
final class ListCell extends CellWriter {
  private static final int OFFSET = Integer.BYTES;

  private final CellWriter element;

  ListCell(String path, String expected, boolean nullable, CellWriter element) {
    super(path, expected, nullable);
    this.element = element;
  }

  @Override
  long writeValue(FieldVector vector, int index, Object value) {
    if (!(value instanceof Collection<?>) && !value.getClass().isArray()) {
      throw mismatch(value);
    }
    ListVector list = (ListVector) vector;
    FieldVector data = list.getDataVector();
    int start = list.startNewValue(index);
    int position = start;
    long bytes = OFFSET;
    if (value instanceof Collection<?> values) {
      for (Object item : values) {
        bytes += element.write(data, position++, item);
      }
    } else if (value instanceof Object[] values) {
      for (Object item : values) {
        bytes += element.write(data, position++, item);
      }
    } else {
      bytes += writePrimitives(data, start, value);
      position += Array.getLength(value);
    }
    list.endValue(index, position - start);
    return bytes;
  }

  private long writePrimitives(FieldVector data, int start, Object array) {
    int position = start;
    long bytes = 0;
    if (array instanceof long[] values) {
      for (long item : values) {
        bytes += element.writeLong(data, position++, item);
      }
    } else if (array instanceof int[] values) {
      for (int item : values) {
        bytes += element.writeLong(data, position++, item);
      }
    } else if (array instanceof double[] values) {
      for (double item : values) {
        bytes += element.writeDouble(data, position++, item);
      }
    } else if (array instanceof float[] values) {
      for (float item : values) {
        bytes += element.writeDouble(data, position++, item);
      }
    } else {
      int length = Array.getLength(array);
      for (int i = 0; i < length; i++) {
        bytes += element.write(data, position++, Array.get(array, i));
      }
    }
    return bytes;
  }
}
