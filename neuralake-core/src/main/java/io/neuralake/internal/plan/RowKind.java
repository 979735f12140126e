package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.row.RowEncoder;
import io.neuralake.schema.Schemas;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * What rows are that are handed in one by one.
 *
 * @param declared their schema, null if each has its own
 * @param encoder their encoder for a table's columns
 */
public record RowKind<T>(
    @Nullable StructType declared, Function<StructType, RowEncoder<T>> encoder) {

  /** Java records or POJOs. */
  public static <T> RowKind<T> of(Class<T> type) {
    return new RowKind<>(Schemas.fromClass(type), target -> RowEncoder.forClass(type, target));
  }

  /** Avro records of a schema. */
  public static RowKind<IndexedRecord> of(org.apache.avro.Schema schema) {
    return new RowKind<>(Schemas.fromAvro(schema), target -> RowEncoder.forAvro(schema, target));
  }

  /** Maps from column names to values. */
  public static RowKind<Map<String, @Nullable Object>> ofMaps() {
    return new RowKind<>(null, RowEncoder::forMaps);
  }
}
