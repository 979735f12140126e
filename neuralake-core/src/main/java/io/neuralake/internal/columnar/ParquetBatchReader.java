package io.neuralake.internal.columnar;

import com.github.luben.zstd.ZstdDecompressCtx;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.RangeReader;
import io.neuralake.schema.Schemas;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Reads one data file of a table as Arrow batches: Parquet decoded, columns mapped, types widened,
 * partition columns filled in, missing columns null, deleted rows left out; so are rows that the
 * spec's selector does not choose, and row groups and pages that its filter rules out. Not
 * thread-safe.
 *
 * <p>Damaged files are a {@link CorruptTableException} that names the file; a failing storage is an
 * {@link IOException}.
 *
 * <pre>{@code
 * try (var reader = new ParquetBatchReader(store, location, size, spec, allocator)) {
 *   for (VectorSchemaRoot batch = reader.next(); batch != null; batch = reader.next()) {
 *     try (VectorSchemaRoot rows = batch) { ... }
 *   }
 * }
 * }</pre>
 */
public final class ParquetBatchReader implements AutoCloseable {
  private final String location;
  private final ReadSpec spec;
  private final BufferAllocator allocator;
  private final Schema schema;
  private final FileBytes file;
  private final ParquetFooter footer;
  private final FileColumns columns;
  private final ZstdDecompressCtx zstd;
  private final RowGroups rowGroups;
  private @Nullable RowGroupRead rowGroup;
  private Iterator<RowRange> ranges = Collections.emptyIterator();
  private int next;
  private int end;
  private int batchRows;

  /** Of the last batch: where its first row was, how many were gone over, and which were kept. */
  private long batchStart;

  private int batchLength;
  private int @Nullable [] batchKept;

  /**
   * Opens a file and reads its footer (usually one request).
   *
   * @param size bytes of the file if known, else -1
   * @param allocator of the batches; the caller closes it after them
   * @throws CorruptTableException if the file is no intact Parquet file or its columns do not fit
   */
  public ParquetBatchReader(
      FileStore store, String location, long size, ReadSpec spec, BufferAllocator allocator)
      throws IOException {
    this(store, location, size, spec, allocator, null, new ReadCounters());
  }

  /**
   * Opens a file, to be read ahead of its decoding.
   *
   * @param size bytes of the file if known, else -1
   * @param allocator of the batches; the caller closes it after them
   * @param workers run requests beside the caller's thread; null if none do
   * @param counters of what is read
   * @throws CorruptTableException if the file is no intact Parquet file or its columns do not fit
   */
  public ParquetBatchReader(
      FileStore store,
      String location,
      long size,
      ReadSpec spec,
      BufferAllocator allocator,
      @Nullable Executor workers,
      ReadCounters counters)
      throws IOException {
    this(store.open(location, size), spec, allocator, workers, counters);
  }

  /**
   * Reads the footer of a file that is open (usually one request).
   *
   * @param reader closed with this one, or where this fails
   * @param allocator of the batches; the caller closes it after them
   * @throws CorruptTableException if the file is no intact Parquet file or its columns do not fit
   */
  public ParquetBatchReader(RangeReader reader, ReadSpec spec, BufferAllocator allocator)
      throws IOException {
    this(reader, spec, allocator, null, new ReadCounters());
  }

  private ParquetBatchReader(
      RangeReader reader,
      ReadSpec spec,
      BufferAllocator allocator,
      @Nullable Executor workers,
      ReadCounters counters)
      throws IOException {
    this.location = reader.location();
    this.spec = spec;
    this.allocator = allocator;
    this.schema = Schemas.toArrow(spec.schema());
    this.file = new FileBytes(reader, counters);
    this.zstd = new ZstdDecompressCtx();
    try {
      this.footer = ParquetFooter.read(file);
      this.columns = new FileColumns(footer.schema(), spec, counters);
      this.rowGroups = new RowGroups(file, footer, columns, spec, zstd, workers, counters);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      zstd.close();
      file.close();
      throw failure(e);
    }
  }

  /** Whether the file has a column, or a group of columns, of this path of names. */
  public boolean has(String... path) {
    Type type = footer.schema();
    for (String name : path) {
      if (type.isPrimitive() || !type.asGroupType().containsField(name)) {
        return false;
      }
      type = type.asGroupType().getType(name);
    }
    return true;
  }

  /** Rows of the file, deleted ones included. */
  public long rowCount() {
    return footer.rowGroups().stream().mapToLong(BlockMetaData::getRowCount).sum();
  }

  /** Where in the file the rows of the last batch were, counted from 0, deleted ones included. */
  public long[] positions() {
    int[] kept = batchKept;
    long[] positions = new long[kept == null ? batchLength : kept.length];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = batchStart + (kept == null ? i : kept[i]);
    }
    return positions;
  }

  /**
   * The next batch with at least one row, null at the end.
   *
   * @return owned by the caller, who closes it
   */
  public @Nullable VectorSchemaRoot next() throws IOException {
    try {
      while (advance()) {
        VectorSchemaRoot batch = readRows(Math.min(end - next, batchRows));
        if (batch != null) {
          return batch;
        }
      }
      return null;
    } catch (OutOfMemoryException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw failure(e);
    }
  }

  /** Goes on to the next rows if there are any. */
  private boolean advance() throws IOException {
    while (next == end) {
      if (!ranges.hasNext()) {
        rowGroup = rowGroups.next();
        if (rowGroup == null) {
          return false;
        }
        ranges = rowGroup.rows().iterator();
        batchRows =
            (int)
                Math.max(1, Math.min(spec.batchRows(), spec.batchBytes() / rowGroup.bytesPerRow()));
      }
      RowRange range = ranges.next();
      next = range.from();
      end = range.to();
    }
    return true;
  }

  /** Decodes the next rows, without deleted ones and those not selected; null if none are left. */
  private @Nullable VectorSchemaRoot readRows(int rows) throws IOException {
    DeletedRows deleted = spec.deletedRows();
    RowSelector selector = spec.selector();
    int from = next;
    next += rows;
    batchStart = (rowGroup == null ? 0 : rowGroup.firstRow()) + from;
    batchLength = rows;
    batchKept = deleted == null ? null : deleted.live(batchStart, rows);
    @Nullable FieldVector[] vectors = new FieldVector[schema.getFields().size()];
    boolean complete = false;
    try {
      if (selector != null && kept() > 0) {
        read(columns.selecting(), from);
        fill(vectors, selector.columns());
        select(selector, vectors);
      }
      if (kept() == 0) {
        return null;
      }
      read(columns.others(), from);
      fill(vectors, null);
      complete = true;
      return new VectorSchemaRoot(schema, present(vectors), kept());
    } finally {
      if (!complete) {
        present(vectors).forEach(FieldVector::close);
      }
    }
  }

  private int kept() {
    return batchKept == null ? batchLength : batchKept.length;
  }

  private void read(Collection<LeafReader> readers, int from) throws IOException {
    for (LeafReader reader : readers) {
      reader.readRows(from, batchLength, batchKept);
    }
  }

  /** Makes the vectors that are not there yet, all or those of some columns. */
  private void fill(@Nullable FieldVector[] vectors, @Nullable Set<String> names) {
    for (int i = 0; i < vectors.length; i++) {
      Field field = schema.getFields().get(i);
      if (vectors[i] == null && (names == null || names.contains(field.getName()))) {
        FieldVector vector = field.createVector(allocator);
        vectors[i] = vector;
        columns.columns().get(i).fill(vector, kept());
      }
    }
  }

  /** Drops rows that are not chosen, and the vectors if they have such rows. */
  private void select(RowSelector selector, @Nullable FieldVector[] vectors) {
    List<FieldVector> looked = present(vectors);
    List<Field> fields = looked.stream().map(FieldVector::getField).toList();
    int[] chosen = selector.select(new VectorSchemaRoot(fields, looked, kept()));
    if (chosen == null || chosen.length == kept()) {
      return;
    }
    looked.forEach(FieldVector::close);
    Arrays.fill(vectors, null);
    for (LeafReader reader : columns.selecting()) {
      reader.batch().keepRows(chosen);
    }
    int[] before = batchKept;
    batchKept = before == null ? chosen : Arrays.stream(chosen).map(row -> before[row]).toArray();
  }

  private static List<FieldVector> present(@Nullable FieldVector[] vectors) {
    List<FieldVector> present = new ArrayList<>(vectors.length);
    for (FieldVector vector : vectors) {
      if (vector != null) {
        present.add(vector);
      }
    }
    return present;
  }

  /** The exception for the caller: damage names the file, storage errors stay what they are. */
  private NeuralLakeException failure(Throwable e) throws IOException {
    if (e instanceof UnsupportedTableException unsupported) {
      String message = String.valueOf(unsupported.getMessage());
      return message.contains(location)
          ? unsupported
          : new UnsupportedTableException(location + ": " + message, unsupported);
    }
    if (e instanceof NeuralLakeException known) {
      return known;
    }
    if (e instanceof FileNotFoundException
        || e instanceof FileSystemException
        || e instanceof InterruptedIOException
        || (e instanceof IOException && String.valueOf(e.getMessage()).contains(location))) {
      throw (IOException) e;
    }
    return new CorruptTableException(
        location
            + ": the Parquet file is damaged or does not fit the table: "
            + e.getMessage()
            + "; restore the file or read an older version of the table",
        e);
  }

  @Override
  public void close() throws IOException {
    zstd.close();
    rowGroups.close();
    file.close();
  }
}
