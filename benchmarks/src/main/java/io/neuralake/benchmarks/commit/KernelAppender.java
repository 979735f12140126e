package io.neuralake.benchmarks.commit;

import io.delta.kernel.DataWriteContext;
import io.delta.kernel.Operation;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.TransactionCommitResult;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.exceptions.KernelEngineException;
import io.delta.kernel.hook.PostCommitHook;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.benchmarks.common.SignalTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;

/** Appends with Delta Kernel's default engine, as its documentation says. Thread-safe. */
final class KernelAppender {
  private final Engine engine = DefaultEngine.create(new Configuration());
  private final Table table;
  private final List<FilteredColumnarBatch> rows = new ArrayList<>();

  /**
   * An appender.
   *
   * @param table that exists
   * @param file Parquet file with the rows of each append
   */
  KernelAppender(Path table, Path file) throws IOException {
    this.table = Table.forPath(engine, table.toString());
    FileStatus status =
        FileStatus.of(
            file.toString(), Files.size(file), Files.getLastModifiedTime(file).toMillis());
    try (CloseableIterator<ColumnarBatch> batches =
        engine
            .getParquetHandler()
            .readParquetFiles(
                Utils.singletonCloseableIterator(status), SignalTable.SCHEMA, Optional.empty())
            .map(FileReadResult::getData)) {
      batches.forEachRemaining(
          batch -> rows.add(new FilteredColumnarBatch(batch, Optional.empty())));
    }
  }

  /** Commits the rows, with the checkpoint that is due now and then. */
  void append() throws IOException {
    Transaction transaction =
        table.createTransactionBuilder(engine, "benchmark", Operation.WRITE).build(engine);
    Row state = transaction.getTransactionState(engine);
    DataWriteContext context = Transaction.getWriteContext(engine, state, Map.of());
    CloseableIterator<FilteredColumnarBatch> data =
        Transaction.transformLogicalData(
            engine, state, Utils.toCloseableIterator(rows.iterator()), Map.of());
    CloseableIterator<DataFileStatus> files =
        engine
            .getParquetHandler()
            .writeParquetFiles(context.getTargetDirectory(), data, context.getStatisticsColumns());
    TransactionCommitResult result =
        transaction.commit(
            engine,
            CloseableIterable.inMemoryIterable(
                Transaction.generateAppendActions(engine, state, files, context)));
    for (PostCommitHook hook : result.getPostCommitHooks()) {
      hook.threadSafeInvoke(engine);
    }
  }

  /**
   * Like {@link #append}, repeated where it meets a commit whose checksum file Hadoop's local file
   * system is still writing for another thread.
   */
  void appendBesideOthers() throws IOException {
    for (int failures = 0; ; failures++) {
      try {
        append();
        return;
      } catch (KernelEngineException e) {
        if (failures == 100 || !(e.getCause() instanceof ChecksumException)) {
          throw e;
        }
      }
    }
  }
}
