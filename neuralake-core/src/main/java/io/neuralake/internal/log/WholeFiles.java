package io.neuralake.internal.log;

import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.defaults.engine.DefaultParquetHandler;
import io.delta.kernel.utils.CloseableIterator;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;

/**
 * Kernel's Parquet files, published only if all that they should hold was written. Kernel's writer
 * closes its file after a failure too, with a valid footer: a checkpoint would lose the actions
 * that could not be read.
 */
final class WholeFiles extends DefaultParquetHandler {

  private final FileStore store;

  WholeFiles(StoreFileIO reading, FileStore store) {
    super(reading);
    this.store = store;
  }

  @Override
  public void writeParquetFileAtomically(
      String filePath, CloseableIterator<FilteredColumnarBatch> data) throws IOException {
    Watched watched = new Watched(data);
    new DefaultParquetHandler(new StoreFileIO(store, () -> watched.exhausted))
        .writeParquetFileAtomically(filePath, watched);
  }

  /** Notes whether it came to its end. */
  private static final class Watched implements CloseableIterator<FilteredColumnarBatch> {
    private final CloseableIterator<FilteredColumnarBatch> data;
    private boolean exhausted;

    Watched(CloseableIterator<FilteredColumnarBatch> data) {
      this.data = data;
    }

    @Override
    public boolean hasNext() {
      exhausted = false;
      boolean more = data.hasNext();
      exhausted = !more;
      return more;
    }

    @Override
    public FilteredColumnarBatch next() {
      return data.next();
    }

    @Override
    public void close() throws IOException {
      data.close();
    }
  }
}
