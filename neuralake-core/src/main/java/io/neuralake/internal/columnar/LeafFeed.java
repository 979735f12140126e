package io.neuralake.internal.columnar;

import io.neuralake.error.InvalidRequestException;
import java.io.IOException;
import java.util.Objects;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/** Writes the values of a primitive type. */
final class LeafFeed implements ColumnFeed {
  private final ColumnChunk chunk;
  private final Class<? extends FieldVector> vectorType;
  private final boolean required;
  private final @Nullable LeafStats stats;
  private final int present;
  private @Nullable FieldVector vector;
  private int[] positions = {};
  private int[] definitions = {};
  private byte[] validity = {};

  LeafFeed(ColumnChunk chunk, Class<? extends FieldVector> vectorType, @Nullable LeafStats stats) {
    this.chunk = chunk;
    this.vectorType = vectorType;
    this.required = chunk.column.getPrimitiveType().isRepetition(Repetition.REQUIRED);
    this.stats = stats;
    this.present = chunk.column.getMaxDefinitionLevel();
  }

  @Override
  public void bind(FieldVector newVector) {
    if (!vectorType.isInstance(newVector)) {
      throw new InvalidRequestException(
          "column "
              + name()
              + " takes a "
              + vectorType.getSimpleName()
              + ", not "
              + newVector.getField());
    }
    if (newVector instanceof DecimalVector decimals
        && chunk.column.getPrimitiveType().getLogicalTypeAnnotation()
            instanceof DecimalLogicalTypeAnnotation type
        && (decimals.getPrecision() > type.getPrecision()
            || decimals.getScale() != type.getScale())) {
      throw new InvalidRequestException(
          "column "
              + name()
              + " takes decimals of "
              + type.getPrecision()
              + " digits, "
              + type.getScale()
              + " of them behind the point, not "
              + newVector.getField());
    }
    vector = newVector;
    chunk.values.bind(newVector);
  }

  private String name() {
    return String.join(".", chunk.column.getPath());
  }

  private InvalidRequestException unexpectedNull(int index) {
    return new InvalidRequestException(
        "column "
            + name()
            + " must not be null, but the value at "
            + index
            + " is: supply it, or make the column nullable");
  }

  @Override
  public void writeRows(int from, int to) throws IOException {
    if (to - from > 1 && chunk.values.plainBytes(from, to) > chunk.room()) {
      int middle = (from + to) >>> 1;
      writeRows(from, middle);
      writeRows(middle, to);
      return;
    }
    int rows = to - from;
    int nulls = readValidity(from, to);
    if (nulls == 0) {
      chunk.addRows(rows, present);
      chunk.values.append(from, to);
    } else {
      if (required) {
        throw unexpectedNull(firstNull(from, to));
      }
      if (nulls == rows) {
        chunk.addRows(rows, present - 1);
      } else {
        writeMixed(from, to);
      }
      countNulls(nulls);
    }
    endFullPage();
  }

  private void writeMixed(int from, int to) {
    int rows = to - from;
    if (positions.length < rows) {
      positions = new int[rows];
    }
    if (definitions.length < rows) {
      definitions = new int[rows];
    }
    int n = 0;
    int first = from & 7;
    for (int i = 0; i < rows; i++) {
      int bit = validity[first + i >> 3] >>> (first + i & 7) & 1;
      definitions[i] = present - 1 + bit;
      positions[n] = from + i;
      n += bit;
    }
    chunk.addRows(definitions, rows);
    chunk.values.append(positions, n);
  }

  /**
   * Reads which rows are null.
   *
   * @return how many
   */
  private int readValidity(int from, int to) {
    ArrowBuf buffer = Objects.requireNonNull(vector).getValidityBuffer();
    if (buffer.capacity() == 0) {
      return 0;
    }
    int start = from >> 3;
    int bytes = (to + 7 >> 3) - start;
    if (validity.length < bytes) {
      validity = new byte[bytes];
    }
    buffer.getBytes(start, validity, 0, bytes);
    // Rows before and behind the range in the same bytes count as present.
    validity[0] |= (byte) ((1 << (from & 7)) - 1);
    if ((to & 7) != 0) {
      validity[bytes - 1] |= (byte) (0xff << (to & 7));
    }
    int nulls = 0;
    for (int i = 0; i < bytes; i++) {
      nulls += validity[i] == -1 ? 0 : Integer.bitCount(~validity[i] & 0xff);
    }
    return nulls;
  }

  private int firstNull(int from, int to) {
    int first = from & 7;
    for (int i = 0; i < to - from; i++) {
      if ((validity[first + i >> 3] >>> (first + i & 7) & 1) == 0) {
        return from + i;
      }
    }
    return -1;
  }

  @Override
  public void write(Entries entries) throws IOException {
    if (positions.length < entries.count) {
      positions = new int[entries.count];
    }
    if (definitions.length < entries.count) {
      definitions = new int[entries.count];
    }
    write(entries, 0, entries.count);
  }

  /** Writes whole rows, half of them at a time if they are larger than the rest of the page. */
  private void write(Entries entries, int start, int end) throws IOException {
    int row = (start + end) >>> 1;
    while (row < end && entries.repetitions[row] != 0) {
      row++;
    }
    if (row > start && row < end && span(entries, start, end) > chunk.room()) {
      write(entries, start, row);
      write(entries, row, end);
      return;
    }
    FieldVector from = Objects.requireNonNull(vector);
    int n = 0;
    int step = required ? 0 : 1;
    for (int i = start; i < end; i++) {
      int index = entries.indexes[i];
      definitions[i] = entries.definitions[i];
      if (index >= 0 && !from.isNull(index)) {
        definitions[i] += step;
        positions[n++] = index;
      } else if (index >= 0 && required) {
        throw unexpectedNull(index);
      }
    }
    countNulls(end - start - n);
    chunk.addSlots(entries.repetitions, definitions, start, end - start);
    if (n > 0) {
      chunk.values.append(positions, n);
    }
    endFullPage();
  }

  /** Bytes of the values between the first and the last position. */
  private long span(Entries entries, int start, int end) {
    int first = start;
    while (first < end && entries.indexes[first] < 0) {
      first++;
    }
    int last = end - 1;
    while (last > first && entries.indexes[last] < 0) {
      last--;
    }
    return first > last
        ? 0
        : chunk.values.plainBytes(entries.indexes[first], entries.indexes[last] + 1);
  }

  private void countNulls(int nulls) {
    if (stats != null) {
      stats.addNulls(nulls);
    }
  }

  private void endFullPage() throws IOException {
    if (chunk.room() <= 0) {
      chunk.endPage();
    }
  }
}
