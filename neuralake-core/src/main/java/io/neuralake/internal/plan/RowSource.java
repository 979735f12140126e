package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.row.ArrowAdapter;
import io.neuralake.internal.row.BatchBuilder;
import io.neuralake.internal.row.RowEncoder;
import io.neuralake.schema.Schemas;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** Rows that a caller hands in, of whatever kind. Consumed once; not thread-safe. */
public interface RowSource {

  /** The schema that the rows themselves declare; null if they do not (maps, no rows at all). */
  @Nullable StructType declaredSchema();

  /**
   * The rows as batches of the canonical mapping, with the columns of {@code target} in order.
   *
   * @throws InvalidRequestException if the declared schema does not fit the target; no row has been
   *     consumed then
   */
  BatchSource open(StructType target, BufferAllocator allocator);

  /**
   * The same rows, where rows without a schema have values for columns that they lack.
   *
   * @param values by column
   */
  default RowSource withDefaults(Map<String, @Nullable Object> values) {
    return this;
  }

  /** Batches in canonical mapping; each belongs to the caller. */
  interface BatchSource {
    /** The next batch, null at the end. */
    @Nullable VectorSchemaRoot next();
  }

  /**
   * The source that a supplier gives, which may read the first row to see of what kind it is.
   *
   * @param table location, for messages
   */
  static RowSource begin(String table, Supplier<RowSource> rows) {
    try {
      return rows.get();
    } catch (UncheckedIOException e) {
      throw new InvalidRequestException(
          table + ": the rows could not be read: " + e.getMessage() + ". Nothing was written.", e);
    }
  }

  /** Rows as objects: Avro records, Java records, POJOs or maps; all of one kind. */
  static RowSource ofObjects(Iterator<?> rows) {
    if (!rows.hasNext()) {
      return new Empty();
    }
    Object first = rows.next();
    Iterator<Object> all = new Prepended(first, rows);
    if (first instanceof IndexedRecord record) {
      return new AvroRows(record.getSchema(), all);
    }
    if (first instanceof Map) {
      return new MapRows(all);
    }
    if (first == null) {
      throw new InvalidRequestException("row 0 is null; leave it out");
    }
    return new ObjectRows<>(first.getClass(), all);
  }

  /** The rows of one batch, which stays the caller's. */
  static RowSource ofBatch(VectorSchemaRoot batch) {
    return new ArrowRows(
        () -> Schemas.fromArrow(batch.getSchema()),
        new Iterator<>() {
          private boolean done;

          @Override
          public boolean hasNext() {
            return !done;
          }

          @Override
          public VectorSchemaRoot next() {
            done = true;
            return batch;
          }
        },
        new DictionaryProvider.MapDictionaryProvider());
  }

  /** The rows of batches of one schema, which stay the caller's; none if there are no batches. */
  static RowSource ofBatches(List<VectorSchemaRoot> batches) {
    return batches.isEmpty()
        ? new Empty()
        : new ArrowRows(
            () -> Schemas.fromArrow(batches.get(0).getSchema()),
            batches.iterator(),
            new DictionaryProvider.MapDictionaryProvider());
  }

  /** The rows of a reader, which stays the caller's to close. */
  static RowSource ofReader(ArrowReader reader) {
    return new ArrowRows(
        () -> {
          try {
            return Schemas.fromArrow(reader.getVectorSchemaRoot().getSchema(), reader);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        new Iterator<>() {
          private @Nullable Boolean loaded;

          @Override
          public boolean hasNext() {
            if (loaded == null) {
              try {
                loaded = reader.loadNextBatch();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
            return loaded;
          }

          @Override
          public VectorSchemaRoot next() {
            if (!hasNext()) {
              throw new java.util.NoSuchElementException();
            }
            loaded = null;
            try {
              return reader.getVectorSchemaRoot();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        },
        reader);
  }

  /** No rows. */
  record Empty() implements RowSource {
    @Override
    public @Nullable StructType declaredSchema() {
      return null;
    }

    @Override
    public BatchSource open(StructType target, BufferAllocator allocator) {
      return () -> null;
    }
  }

  /** An iterator with one element put back. */
  final class Prepended implements Iterator<Object> {
    private @Nullable Object first;
    private final Iterator<?> rest;

    Prepended(Object first, Iterator<?> rest) {
      this.first = first;
      this.rest = rest;
    }

    @Override
    public boolean hasNext() {
      return first != null || rest.hasNext();
    }

    @Override
    public Object next() {
      Object head = first;
      if (head != null) {
        first = null;
        return head;
      }
      return rest.next();
    }
  }

  /** Avro records, generic or specific. */
  record AvroRows(org.apache.avro.Schema schema, Iterator<Object> rows) implements RowSource {
    @Override
    public StructType declaredSchema() {
      return Schemas.fromAvro(schema);
    }

    @Override
    public BatchSource open(StructType target, BufferAllocator allocator) {
      return batches(
          RowEncoder.forAvro(schema, target), new Checked<>(rows, IndexedRecord.class), allocator);
    }
  }

  /** Java records or POJOs of one class. */
  record ObjectRows<T>(Class<T> type, Iterator<Object> rows) implements RowSource {
    @Override
    public StructType declaredSchema() {
      return Schemas.fromClass(type);
    }

    @Override
    public BatchSource open(StructType target, BufferAllocator allocator) {
      return batches(RowEncoder.forClass(type, target), new Checked<>(rows, type), allocator);
    }
  }

  /** Maps from column name to value. */
  record MapRows(Iterator<Object> rows) implements RowSource {
    @Override
    public @Nullable StructType declaredSchema() {
      return null;
    }

    @Override
    @SuppressWarnings("unchecked") // the encoder checks each key and value
    public BatchSource open(StructType target, BufferAllocator allocator) {
      return batches(
          RowEncoder.forMaps(target),
          (Iterator<Map<String, @Nullable Object>>) (Iterator<?>) new Checked<>(rows, Map.class),
          allocator);
    }

    @Override
    public RowSource withDefaults(Map<String, @Nullable Object> values) {
      return values.isEmpty() ? this : new MapRows(new WithDefaults(rows, values));
    }
  }

  /** Maps that get values for the keys they lack, case ignored. */
  record WithDefaults(Iterator<Object> rows, Map<String, @Nullable Object> values)
      implements Iterator<Object> {
    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Object next() {
      Object row = rows.next();
      return row instanceof Map<?, ?> given ? complete(given, values) : row;
    }

    /** The map with those values whose keys it lacks. */
    static Map<Object, @Nullable Object> complete(
        Map<?, ?> given, Map<String, @Nullable Object> values) {
      Map<Object, @Nullable Object> whole = new LinkedHashMap<>(given);
      values.forEach(
          (column, value) -> {
            if (given.keySet().stream()
                .noneMatch(k -> column.equalsIgnoreCase(String.valueOf(k)))) {
              whole.put(column, value);
            }
          });
      return whole;
    }
  }

  private static <T> BatchSource batches(
      RowEncoder<T> encoder, Iterator<? extends T> rows, BufferAllocator allocator) {
    BatchBuilder<T> builder = new BatchBuilder<>(encoder, rows, allocator);
    return () -> builder.hasNext() ? builder.next() : null;
  }

  /** Rows that must all be of one class. */
  record Checked<T>(Iterator<Object> rows, Class<T> type) implements Iterator<T> {
    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public T next() {
      Object row = rows.next();
      if (!type.isInstance(row)) {
        throw new InvalidRequestException(
            "All rows of one write must be of one kind: the first was a "
                + type.getName()
                + ", a later one is "
                + (row == null ? "null" : "a " + row.getClass().getName())
                + ".");
      }
      return type.cast(row);
    }
  }

  /** Arrow batches in any layout. */
  record ArrowRows(
      Supplier<StructType> schema,
      Iterator<VectorSchemaRoot> roots,
      DictionaryProvider dictionaries)
      implements RowSource {
    @Override
    public StructType declaredSchema() {
      return schema.get();
    }

    @Override
    public BatchSource open(StructType target, BufferAllocator allocator) {
      ArrowAdapter adapter = new ArrowAdapter(target);
      return new BatchSource() {
        private long row;

        @Override
        public @Nullable VectorSchemaRoot next() {
          if (!roots.hasNext()) {
            return null;
          }
          VectorSchemaRoot root = roots.next();
          VectorSchemaRoot adapted = adapter.adapt(root, dictionaries, row, allocator);
          row += root.getRowCount();
          return adapted;
        }
      };
    }
  }
}
