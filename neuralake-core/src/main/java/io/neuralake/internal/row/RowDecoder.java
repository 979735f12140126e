package io.neuralake.internal.row;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.schema.Schemas;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of batches as objects of one kind.
 *
 * <p>Columns are found by name, exactly or else ignoring case; columns that the rows do not ask for
 * are left out. Immutable; threads may share a decoder, each with its own batches.
 *
 * @param <T> the kind of row
 */
public final class RowDecoder<T> {
  private final RowForm form;
  private final Class<T> type;

  private RowDecoder(RowForm form, Class<T> type) {
    this.form = form;
    this.type = type;
  }

  /**
   * To Avro's generic records. A field without a column gets its default, else null. Logical types
   * come as the numbers and bytes that Avro stores; in a schema of milliseconds times are floored.
   */
  public static RowDecoder<GenericRecord> forAvro(Schema schema) {
    Schemas.fromAvro(schema);
    return new RowDecoder<>(new AvroForm(schema, GenericData.get()), GenericRecord.class);
  }

  /**
   * To objects of a class: an Avro specific record, a record class or a POJO with a constructor
   * without parameters. A property without a column is null in a record, is left alone in a POJO,
   * and is an error if it cannot be null.
   *
   * @throws InvalidRequestException if objects of the class cannot be made
   */
  public static <T> RowDecoder<T> forClass(Class<T> type) {
    if (SpecificRecord.class.isAssignableFrom(type)) {
      Schema schema = SpecificData.get().getSchema(type);
      Schemas.fromAvro(schema);
      return new RowDecoder<>(new AvroForm(schema, SpecificData.getForClass(type)), type);
    }
    Schemas.fromClass(type);
    return new RowDecoder<>(BeanForm.of(type), type);
  }

  /** To maps from column name to value, structs too, in column order. */
  @SuppressWarnings("unchecked")
  public static RowDecoder<Map<String, @Nullable Object>> forMaps() {
    Class<?> map = Map.class;
    return new RowDecoder<>(NaturalForm.INSTANCE, (Class<Map<String, @Nullable Object>>) map);
  }

  /**
   * The rows of a batch in their order, some of them decoded at a time, when they are asked for. A
   * row is given out even if a later one does not fit.
   *
   * <p>{@link Iterator#next} throws {@link InvalidRequestException} if a value does not fit; it
   * names row (in the batch) and column.
   *
   * @param batch must stay open as long as rows are taken
   * @throws InvalidRequestException if a column does not fit
   */
  public Iterator<T> rows(VectorSchemaRoot batch) {
    NestedCells.Structs cells = CellReaders.ofBatch(batch);
    try {
      return new Decoded<>(type, cells, form.bind(cells), batch.getRowCount());
    } catch (BadCell e) {
      throw new InvalidRequestException(String.valueOf(e.getMessage()));
    }
  }

  private static final class Decoded<T> implements Iterator<T> {
    /* So many rows that their columns stay in the processor's cache. */
    private static final int RUN = 1024;

    private final Class<T> type;
    private final NestedCells.Structs cells;
    private final ColumnReader reader;
    private final int rows;
    private @Nullable Object[] run = {};
    private int position;
    private int decoded;
    private int runLength = RUN;

    Decoded(Class<T> type, NestedCells.Structs cells, ColumnReader reader, int rows) {
      this.type = type;
      this.cells = cells;
      this.reader = reader;
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      return position < run.length || decoded < rows;
    }

    @Override
    public T next() {
      if (position == run.length) {
        decodeRun();
      }
      return type.cast(Objects.requireNonNull(run[position++]));
    }

    private void decodeRun() {
      if (decoded == rows) {
        throw new NoSuchElementException("no more rows");
      }
      try {
        run = read(Math.min(runLength, rows - decoded));
      } catch (RuntimeException e) {
        if (runLength == 1) {
          throw e instanceof BadCell bad ? new InvalidRequestException(bad.inRow(decoded)) : e;
        }
        // Row by row from here on: those before the bad one are good.
        runLength = 1;
        decodeRun();
        return;
      }
      decoded += run.length;
      position = 0;
    }

    private @Nullable Object[] read(int count) {
      cells.load(decoded, count);
      return reader.read();
    }
  }
}
