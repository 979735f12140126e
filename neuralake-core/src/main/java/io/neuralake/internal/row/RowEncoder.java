package io.neuralake.internal.row;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.bean.JavaType;
import io.neuralake.schema.Schemas;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows of one kind into batches for a table.
 *
 * <p>Making an encoder compares the rows' schema with the table's: columns that the table lacks,
 * types that do not fit and missing NOT NULL columns are refused; columns that the rows lack become
 * null. Every value is checked when it is written: nothing is rounded, cut off or wrapped around,
 * except that times are floored to microseconds, as Spark does. Names match as in Spark: exactly,
 * else ignoring case.
 *
 * <p>Encoders are immutable; threads may share one, each with its own batch.
 *
 * @param <T> the kind of row
 */
public final class RowEncoder<T> {
  private final StructCell row;
  private final Schema arrowSchema;

  private RowEncoder(StructCell row, StructType target) {
    this.row = row;
    this.arrowSchema = Schemas.toArrow(target);
  }

  /**
   * For Avro records, generic or specific. Values of logical types may be Avro's bare numbers and
   * bytes or the Java objects of Avro's conversions.
   *
   * @param schema the schema that all records have
   * @throws InvalidRequestException if records of the schema do not fit the table
   */
  public static <T extends IndexedRecord> RowEncoder<T> forAvro(
      org.apache.avro.Schema schema, StructType target) {
    SchemaFit.check(Schemas.fromAvro(schema), target, "Avro record " + schema.getFullName());
    return new RowEncoder<>(new AvroShape(schema).struct(target, "", false), target);
  }

  /**
   * For objects of a record or POJO class, see {@link Schemas#fromClass}.
   *
   * @throws InvalidRequestException if objects of the class do not fit the table
   */
  public static <T> RowEncoder<T> forClass(Class<T> type, StructType target) {
    SchemaFit.check(Schemas.fromClass(type), target, "class " + type.getSimpleName());
    BeanShape shape = new BeanShape(JavaType.ofClass(type));
    return new RowEncoder<>(shape.struct(target, "", false), target);
  }

  /**
   * For maps from column name to value, whose values are those that {@link Schemas#fromClass} knows
   * and, for structs, maps. Here types and names can be checked per row only.
   */
  public static RowEncoder<Map<String, @Nullable Object>> forMaps(StructType target) {
    return new RowEncoder<>(MapShape.INSTANCE.struct(target, "", false), target);
  }

  /** The schema of the batches. */
  public Schema arrowSchema() {
    return arrowSchema;
  }

  /** An empty batch for {@link #encode}; the caller closes it. */
  public VectorSchemaRoot newBatch(BufferAllocator allocator) {
    return VectorSchemaRoot.create(arrowSchema, allocator);
  }

  /**
   * Writes one row. The caller sets the row count of the batch when it is full. After an error the
   * batch is of no use.
   *
   * @param value the row
   * @param number number of the row for error messages: its position in the stream, from 0
   * @param batch a batch of {@link #arrowSchema}
   * @param index position of the row in the batch; rows are written in order
   * @return about how many bytes of the batch the row takes
   * @throws InvalidRequestException if the row does not fit; it names row, column, expected and
   *     found
   */
  public long encode(T value, long number, VectorSchemaRoot batch, int index) {
    if (value == null) {
      throw new InvalidRequestException("row " + number + " is null; leave it out");
    }
    try {
      return row.writeRow(batch.getFieldVectors(), index, value);
    } catch (BadCell e) {
      throw new InvalidRequestException(e.inRow(number));
    }
  }
}
