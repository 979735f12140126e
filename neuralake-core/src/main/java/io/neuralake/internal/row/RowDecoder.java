package io.neuralake.internal.row;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.schema.Schemas;
import java.util.Map;
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
 * are left out. What depends on the batch is worked out at its first row. For use by one thread.
 *
 * @param <T> the kind of row
 */
public final class RowDecoder<T> {
  private final RowForm form;
  private final Class<T> type;
  private @Nullable VectorSchemaRoot batch;
  private @Nullable ObjectReader reader;

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
    return new RowDecoder<>(new BeanForm(type), type);
  }

  /** To maps from column name to value, structs too, in column order. */
  @SuppressWarnings("unchecked")
  public static RowDecoder<Map<String, @Nullable Object>> forMaps() {
    Class<?> map = Map.class;
    return new RowDecoder<>(NaturalForm.INSTANCE, (Class<Map<String, @Nullable Object>>) map);
  }

  /**
   * One row.
   *
   * @throws InvalidRequestException if a column or value does not fit; it names row (in the batch)
   *     and column
   */
  public T decode(VectorSchemaRoot source, int row) {
    ObjectReader bound = bound(source);
    try {
      return type.cast(Objects.requireNonNull(bound.read(row)));
    } catch (BadCell e) {
      throw new InvalidRequestException(e.inRow(row));
    }
  }

  private ObjectReader bound(VectorSchemaRoot source) {
    ObjectReader current = reader;
    if (current == null || source != batch) {
      try {
        current = form.bind(CellReaders.ofBatch(source));
      } catch (BadCell e) {
        throw new InvalidRequestException(String.valueOf(e.getMessage()));
      }
      reader = current;
      batch = source;
    }
    return current;
  }
}
