package io.neuralake.internal.row;

import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;

/** Writes maps. */
final class MapCell extends CellWriter {
  private static final int OFFSET = Integer.BYTES;

  private final CellWriter key;
  private final CellWriter item;

  MapCell(String path, String expected, boolean nullable, CellWriter key, CellWriter item) {
    super(path, expected, nullable);
    this.key = key;
    this.item = item;
  }

  @Override
  long writeValue(FieldVector vector, int index, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw mismatch(value);
    }
    MapVector target = (MapVector) vector;
    StructVector entries = (StructVector) target.getDataVector();
    FieldVector keys = (FieldVector) entries.getChildByOrdinal(0);
    FieldVector items = (FieldVector) entries.getChildByOrdinal(1);
    int start = target.startNewValue(index);
    int position = start;
    long bytes = OFFSET;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      entries.setIndexDefined(position);
      bytes += key.write(keys, position, entry.getKey());
      bytes += item.write(items, position, entry.getValue());
      position++;
    }
    target.endValue(index, position - start);
    return bytes;
  }
}
