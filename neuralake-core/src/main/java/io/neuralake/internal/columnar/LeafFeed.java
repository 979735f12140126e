package io.neuralake.internal.columnar;

import io.neuralake.error.InvalidRequestException;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/** Writes the values of a primitive type. */
abstract class LeafFeed<V extends FieldVector> implements ColumnFeed {
  private final ColumnDescriptor column;
  private final Class<V> vectorType;
  private final boolean required;
  private final @Nullable LeafStats stats;
  private @Nullable ColumnWriter writer;
  private @Nullable V vector;

  LeafFeed(ColumnDescriptor column, Class<V> vectorType, @Nullable LeafStats stats) {
    this.column = column;
    this.vectorType = vectorType;
    this.required = column.getPrimitiveType().isRepetition(Repetition.REQUIRED);
    this.stats = stats;
  }

  @Override
  public final void startRowGroup(ColumnWriteStore store) {
    writer = store.getColumnWriter(column);
  }

  @Override
  public final void bind(FieldVector newVector) {
    if (!vectorType.isInstance(newVector)) {
      throw new InvalidRequestException(
          "column "
              + String.join(".", column.getPath())
              + " takes a "
              + vectorType.getSimpleName()
              + ", not "
              + newVector.getField());
    }
    vector = vectorType.cast(newVector);
    check(vector);
  }

  /** Complains about a vector whose parameters are not the column's. */
  void check(V newVector) {}

  @Override
  public final void write(int index, int repetition, int definition) {
    V from = Objects.requireNonNull(vector);
    if (from.isNull(index)) {
      if (required) {
        throw new InvalidRequestException(
            "column "
                + String.join(".", column.getPath())
                + " must not be null, but the value at "
                + index
                + " is: supply it, or make the column nullable");
      }
      writeNull(repetition, definition);
    } else {
      put(
          Objects.requireNonNull(writer),
          from,
          index,
          repetition,
          required ? definition : definition + 1);
    }
  }

  @Override
  public final void writeNull(int repetition, int definition) {
    Objects.requireNonNull(writer).writeNull(repetition, definition);
    if (stats != null) {
      stats.addNull();
    }
  }

  /** Writes a value that is not null. */
  abstract void put(ColumnWriter target, V from, int index, int repetition, int definition);
}
