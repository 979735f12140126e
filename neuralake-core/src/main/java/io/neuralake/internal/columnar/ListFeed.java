package io.neuralake.internal.columnar;

import io.neuralake.error.InvalidRequestException;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.parquet.column.ColumnWriteStore;
import org.jspecify.annotations.Nullable;

/** Writes arrays, and maps as lists of entries. */
final class ListFeed implements ColumnFeed {
  private final String name;
  private final boolean nullable;
  private final int elementRepetition;
  private final ColumnFeed element;
  private final @Nullable LeafStats stats;
  private @Nullable ListVector vector;

  /**
   * A list.
   *
   * @param elementRepetition repetition level of elements after the first
   * @param stats counts null lists; null if nobody asks
   */
  ListFeed(
      String name,
      boolean nullable,
      int elementRepetition,
      ColumnFeed element,
      @Nullable LeafStats stats) {
    this.name = name;
    this.nullable = nullable;
    this.elementRepetition = elementRepetition;
    this.element = element;
    this.stats = stats;
  }

  @Override
  public void startRowGroup(ColumnWriteStore store) {
    element.startRowGroup(store);
  }

  @Override
  public void bind(FieldVector newVector) {
    if (!(newVector instanceof ListVector list)) {
      throw new InvalidRequestException(
          "column " + name + " takes a ListVector or MapVector, not " + newVector.getField());
    }
    vector = list;
    element.bind(list.getDataVector());
  }

  @Override
  public void write(int index, int repetition, int definition) {
    ListVector list = Objects.requireNonNull(vector);
    if (list.isNull(index)) {
      if (!nullable) {
        throw new InvalidRequestException(
            "column " + name + " must not be null, but the value at " + index + " is");
      }
      writeNull(repetition, definition);
      return;
    }
    int present = nullable ? definition + 1 : definition;
    int start = list.getElementStartIndex(index);
    int end = list.getElementEndIndex(index);
    if (start == end) {
      element.writeNull(repetition, present);
    }
    for (int i = start; i < end; i++) {
      element.write(i, i == start ? repetition : elementRepetition, present + 1);
    }
  }

  @Override
  public void writeNull(int repetition, int definition) {
    if (stats != null) {
      stats.addNull();
    }
    element.writeNull(repetition, definition);
  }
}
