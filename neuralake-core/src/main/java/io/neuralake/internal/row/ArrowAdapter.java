package io.neuralake.internal.row;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.schema.Schemas;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Brings batches of users, in any layout that {@link Schemas#fromArrow(Schema)} knows, into the
 * layout and column order of a table.
 *
 * <p>Columns that already have the layout are shared, not copied (copied if the batch belongs to
 * another root allocator); others are converted, each value checked. Columns that the batch lacks
 * become null; columns that the table lacks are refused. Names match exactly, or else ignoring
 * case. The batch stays the user's and stays valid; its values must not be changed while the
 * adapted batch is in use. Adapters are immutable and may be shared.
 */
public final class ArrowAdapter {
  private static final int RUN = 1024;

  private final StructType target;
  private final Schema targetArrow;

  /** An adapter to tables of this schema. */
  public ArrowAdapter(StructType target) {
    this.target = target;
    this.targetArrow = Schemas.toArrow(target);
  }

  /**
   * Adapts one batch.
   *
   * @param batch the user's batch
   * @param dictionaries of the batch's encoded columns, null if there are none
   * @param firstRow number of the batch's first row, for messages
   * @return a new batch, which the caller closes
   * @throws InvalidRequestException if the batch does not fit the table
   */
  public VectorSchemaRoot adapt(
      VectorSchemaRoot batch,
      @Nullable DictionaryProvider dictionaries,
      long firstRow,
      BufferAllocator allocator) {
    Schema schema = batch.getSchema();
    StructType source =
        dictionaries == null ? Schemas.fromArrow(schema) : Schemas.fromArrow(schema, dictionaries);
    SchemaFit.check(source, target, "the batch");
    VectorSchemaRoot adapted = VectorSchemaRoot.create(targetArrow, allocator);
    try {
      Source from = new Source(batch, dictionaries, firstRow, source.fieldNames());
      for (int i = 0; i < target.length(); i++) {
        column(from, i, adapted.getVector(i), allocator);
      }
      adapted.setRowCount(batch.getRowCount());
      RowChecks.notNull(adapted, target, firstRow);
      return adapted;
    } catch (RuntimeException | Error e) {
      adapted.close();
      throw e;
    }
  }

  private record Source(
      VectorSchemaRoot batch,
      @Nullable DictionaryProvider dictionaries,
      long firstRow,
      List<String> names) {}

  private void column(Source from, int index, FieldVector vector, BufferAllocator allocator) {
    int rows = from.batch().getRowCount();
    StructField column = target.at(index);
    int position = position(from.names(), column.getName());
    if (position < 0) {
      vector.setInitialCapacity(rows);
      vector.allocateNew();
      vector.setValueCount(rows);
      return;
    }
    FieldVector source = from.batch().getVector(position);
    Field targetField = targetArrow.getFields().get(index);
    if (ArrowLayouts.same(source.getField(), targetField)) {
      ArrowLayouts.lend(source, vector, rows, allocator);
      return;
    }
    CellReader reader = CellReaders.of(source, column.getName(), from.dictionaries());
    CellWriter writer =
        CellWriters.of(
            column.getDataType(), MapShape.INSTANCE, column.getName(), column.isNullable());
    vector.setInitialCapacity(rows);
    vector.allocateNew();
    convert(reader, writer, vector, from);
    vector.setValueCount(rows);
  }

  /** The source column that goes into a column; the fit of all columns is checked before. */
  private int position(List<String> sourceNames, String column) {
    List<String> targetNames = target.fieldNames();
    for (int i = 0; i < sourceNames.size(); i++) {
      int match = ColumnNames.find(targetNames, sourceNames.get(i));
      if (match >= 0 && targetNames.get(match).equals(column)) {
        return i;
      }
    }
    return -1;
  }

  private static void convert(
      CellReader reader, CellWriter writer, FieldVector vector, Source from) {
    int rows = from.batch().getRowCount();
    int length = RUN;
    int first = 0;
    while (first < rows) {
      int count = Math.min(length, rows - first);
      ValueCopy copy;
      try {
        reader.load(first, count);
        copy = ValueCopy.of(reader, writer);
      } catch (BadCell e) {
        if (count == 1) {
          throw new InvalidRequestException(e.inRow(from.firstRow() + first));
        }
        length = 1; // row by row up to the bad one
        continue;
      }
      write(reader, writer, copy, vector, first, from.firstRow());
      first += count;
    }
  }

  /** Writes the cells that are loaded. */
  private static void write(
      CellReader reader,
      CellWriter writer,
      ValueCopy copy,
      FieldVector vector,
      int first,
      long firstRow) {
    for (int i = 0; i < reader.size(); i++) {
      try {
        if (reader.isNull(i)) {
          writer.writeNull(vector, first + i);
        } else {
          copy.copy(vector, first + i, i);
        }
      } catch (BadCell e) {
        throw new InvalidRequestException(e.inRow(firstRow + first + i));
      }
    }
  }

  /** Copies one value that is not null, of the cells that were loaded when this was made. */
  private interface ValueCopy {
    void copy(FieldVector vector, int row, int i);

    static ValueCopy of(CellReader reader, CellWriter writer) {
      return switch (reader.kind) {
        case BYTE, SHORT, INTEGER, LONG, DATE, TIMESTAMP, TIMESTAMP_NTZ ->
            (vector, row, i) -> writer.writeLong(vector, row, reader.getLong(i));
        case FLOAT, DOUBLE ->
            (vector, row, i) -> writer.writeDouble(vector, row, reader.getDouble(i));
        case BOOLEAN -> (vector, row, i) -> writer.writeBoolean(vector, row, reader.getBoolean(i));
        default -> natural(NaturalForm.INSTANCE.bind(reader).read(), writer);
      };
    }

    private static ValueCopy natural(@Nullable Object[] objects, CellWriter writer) {
      return (vector, row, i) -> writer.write(vector, row, objects[i]);
    }
  }
}
