package io.neuralake.schema;

import io.delta.kernel.types.StructType;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Table schemas from and to the schemas of other libraries. The schema of a table is Kernel's
 * {@link StructType}.
 *
 * <p>A type that has no counterpart is refused with an {@link
 * io.neuralake.error.InvalidRequestException} that names the column's path; elements of arrays are
 * called {@code element} in a path, the sides of a map {@code key} and {@code value}. All methods
 * are stateless and safe for use by many threads.
 */
public final class Schemas {

  private Schemas() {}

  /**
   * The table schema for records of an Avro schema.
   *
   * <p>A union of null and one type is a nullable column; other unions are refused, as are
   * recursive types. Enums and UUIDs become strings, fixed becomes binary, {@code timestamp-*}
   * becomes timestamp, {@code local-timestamp-*} becomes timestamp_ntz (nanoseconds are floored to
   * microseconds when rows are written). {@code time-*} and unknown logical types are ignored, as
   * Avro asks: the column has the underlying type.
   *
   * @param schema a record schema
   */
  public static StructType fromAvro(org.apache.avro.Schema schema) {
    return AvroToDelta.convert(schema);
  }

  /**
   * The table schema for Arrow batches of this schema, none of whose columns is dictionary-encoded
   * with the dictionary's value type unknown.
   *
   * <p>Unsigned integers become the next wider signed type (uint64 has none and is refused), half
   * floats become float, fixed-size binary becomes binary, timestamps with a zone become timestamp,
   * without zone timestamp_ntz, milliseconds dates become date.
   */
  public static StructType fromArrow(Schema schema) {
    return ArrowToDelta.convert(schema, null);
  }

  /**
   * As {@link #fromArrow(Schema)}, for batches with dictionary-encoded columns: these get the type
   * of the dictionary's values.
   */
  public static StructType fromArrow(Schema schema, DictionaryProvider dictionaries) {
    return ArrowToDelta.convert(schema, dictionaries);
  }

  /**
   * The table schema for objects of a Java record class or POJO class.
   *
   * <p>A record has its components; a POJO its public fields and those getters that belong to a
   * field or a setter, named by the JavaBeans rules. Primitives are non-null columns. Other types
   * are nullable, unless the property is annotated {@code NonNull} (JSpecify), {@code Nonnull} or
   * {@code NotNull}. Known types: the primitives but {@code char} and their boxes, {@code String}
   * and {@code CharSequence}, {@code BigDecimal} (see {@link DecimalColumn}), {@code BigInteger}
   * (decimal(38,0)), {@code LocalDate} and {@code java.sql.Date}, {@code Instant} and {@code
   * java.sql.Timestamp}, {@code LocalDateTime}, {@code byte[]} and {@code ByteBuffer}, enums and
   * {@code UUID} (string), {@code Optional} of these, arrays, {@code List}, {@code Set}, {@code
   * Collection}, {@code Map}, and nested records and POJOs. Recursive types are refused.
   */
  public static StructType fromClass(Class<?> type) {
    return JavaToDelta.convert(type);
  }

  /**
   * The Avro record schema for rows of a table. byte and short become int; timestamp becomes {@code
   * timestamp-micros}, timestamp_ntz {@code local-timestamp-micros}, decimal is kept in bytes; a
   * nullable column becomes a union of null and its type with default null. Refused: maps with keys
   * other than strings and names that Avro does not allow.
   *
   * @param recordName the name of the record, optionally with a namespace; nested records are named
   *     after it and their path
   */
  public static org.apache.avro.Schema toAvro(StructType schema, String recordName) {
    return DeltaToAvro.convert(schema, recordName);
  }

  /** The Arrow schema in which batches of a table with this schema are read. */
  public static Schema toArrow(StructType schema) {
    return DeltaToArrow.convert(schema);
  }
}
