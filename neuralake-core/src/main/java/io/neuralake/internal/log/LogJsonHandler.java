package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JacksonException;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultJsonHandler;
import io.delta.kernel.engine.JsonHandler;
import io.delta.kernel.exceptions.KernelEngineException;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log's JSON files for Kernel as a stream that builds only what is asked for. Writing is
 * Kernel's own. Thread-safe.
 */
final class LogJsonHandler implements JsonHandler {

  private static final int BATCH_ROWS = 1024;

  private final LogFiles files;
  private final QualifiedPaths paths;

  LogJsonHandler(LogFiles files, QualifiedPaths paths) {
    this.files = files;
    this.paths = paths;
  }

  @Override
  public ColumnarBatch parseJson(
      ColumnVector json, StructType schema, Optional<ColumnVector> selection) {
    JsonShape shape = new JsonShape(schema);
    List<@Nullable Object @Nullable []> rows = new ArrayList<>();
    for (int row = 0; row < json.getSize(); row++) {
      int at = row;
      boolean selected = selection.map(s -> !s.isNullAt(at) && s.getBoolean(at)).orElse(true);
      rows.add(selected && !json.isNullAt(row) ? parse(shape, json.getString(row)) : null);
    }
    return ValueColumn.batch(schema, rows);
  }

  private static @Nullable Object[] parse(JsonShape shape, String text) {
    try {
      return shape.read(text);
    } catch (JacksonException e) {
      throw new KernelEngineException("Malformed JSON: " + e.getOriginalMessage(), e);
    } catch (JsonShape.MismatchException | IOException e) {
      throw new KernelEngineException("Malformed JSON: " + e.getMessage(), e);
    }
  }

  @Override
  public CloseableIterator<ColumnarBatch> readJsonFiles(
      CloseableIterator<FileStatus> toRead, StructType schema, Optional<Predicate> predicate) {
    return new Batches(toRead, new JsonShape(schema));
  }

  @Override
  public void writeJsonFileAtomically(
      String filePath, CloseableIterator<Row> data, boolean overwrite) throws IOException {
    new DefaultJsonHandler(new StoreFileIO(files))
        .writeJsonFileAtomically(filePath, data, overwrite);
  }

  private final class Batches implements CloseableIterator<ColumnarBatch> {
    private final CloseableIterator<FileStatus> toRead;
    private final JsonShape shape;
    private @Nullable JsonRows file;
    private @Nullable ColumnarBatch next;

    Batches(CloseableIterator<FileStatus> toRead, JsonShape shape) {
      this.toRead = toRead;
      this.shape = shape;
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null && (file != null || toRead.hasNext())) {
          if (file == null) {
            file = open(toRead.next());
          }
          next = readBatch(file);
          if (next == null) {
            closeFile();
          }
        }
      } catch (IOException e) {
        throw new KernelEngineException("Reading a JSON file of the log failed", e);
      }
      return next != null;
    }

    private JsonRows open(FileStatus status) throws IOException {
      String location = StoreFileIO.location(status.getPath());
      if (shape.schema().indexOf("metaData") >= 0) {
        files.expectSchema(location);
      }
      return JsonRows.open(files, location, status.getSize(), shape);
    }

    private @Nullable ColumnarBatch readBatch(JsonRows from) throws IOException {
      List<@Nullable Object @Nullable []> rows = new ArrayList<>();
      while (rows.size() < BATCH_ROWS) {
        @Nullable Object[] row = from.next();
        if (row == null) {
          break;
        }
        rows.add(row);
      }
      return rows.isEmpty() ? null : paths.batch(ValueColumn.batch(shape.schema(), rows));
    }

    @Override
    public ColumnarBatch next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      ColumnarBatch batch = next;
      next = null;
      return batch;
    }

    private void closeFile() throws IOException {
      if (file != null) {
        file.close();
        file = null;
      }
    }

    @Override
    public void close() throws IOException {
      try (toRead) {
        closeFile();
      }
    }
  }
}
