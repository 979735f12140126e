package io.neuralake.internal.columnar;

import io.neuralake.error.InvalidRequestException;
import java.io.IOException;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.jspecify.annotations.Nullable;

/** Writes arrays, and maps as lists of entries. */
final class ListFeed extends NestedFeed {
  private final int elementRepetition;
  private final ColumnFeed element;
  private final Entries elements = new Entries();
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
    super(name, nullable, stats);
    this.elementRepetition = elementRepetition;
    this.element = element;
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
  public void write(Entries entries) throws IOException {
    ListVector list = Objects.requireNonNull(vector);
    elements.clear(entries.count);
    for (int i = 0; i < entries.count; i++) {
      int index = entries.indexes[i];
      int repetition = entries.repetitions[i];
      int definition = entries.definitions[i];
      if (index < 0 || list.isNull(index)) {
        countNull(index);
        elements.reserve(elements.count + 1);
        elements.add(-1, repetition, definition);
        continue;
      }
      int present = nullable ? definition + 1 : definition;
      int start = list.getElementStartIndex(index);
      int end = list.getElementEndIndex(index);
      elements.reserve(Math.addExact(elements.count, Math.max(1, end - start)));
      if (start == end) {
        elements.add(-1, repetition, present);
      }
      for (int e = start; e < end; e++) {
        elements.add(e, e == start ? repetition : elementRepetition, present + 1);
      }
    }
    element.write(elements);
  }
}
