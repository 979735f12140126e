package io.neuralake.benchmarks.columnar;

import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.ScanImpl;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.benchmarks.common.SignalTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Delta Kernel with its default engine, used as its documentation says. */
final class KernelContestant implements Contestant {
  private final Dataset dataset;
  private final SideBySide threads;
  private final Engine engine = DefaultEngine.create(new Configuration());

  KernelContestant(Dataset dataset, SideBySide threads) {
    this.dataset = dataset;
    this.threads = threads;
  }

  @Override
  public long run(Work work) throws Exception {
    return switch (work) {
      case SCAN_ALL -> scan(SignalTable.SCHEMA);
      case SCAN_THREE ->
          scan(
              new StructType(Dataset.THREE_COLUMNS.stream().map(SignalTable.SCHEMA::get).toList()));
      case LIST_FILES -> listFiles(dataset.manyFiles());
      case LIST_FILES_OF_COMMITS -> listFiles(dataset.manyFilesOfCommits());
      default -> throw unsupported(work);
    };
  }

  private long scan(StructType columns) throws Exception {
    Snapshot snapshot = TableManager.loadSnapshot(dataset.signals().toString()).build(engine);
    Scan scan = snapshot.getScanBuilder().withReadSchema(columns).build();
    Row state = scan.getScanState(engine);
    List<Row> files = new ArrayList<>();
    try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> rows = batches.next().getRows()) {
          rows.forEachRemaining(files::add);
        }
      }
    }
    return threads.sumOver(files, share -> read(state, share));
  }

  private long read(Row state, List<Row> files) throws IOException {
    StructType physical = ScanStateRow.getPhysicalDataReadSchema(state);
    long rows = 0;
    for (Row file : files) {
      FileStatus status = InternalScanFileUtils.getAddFileStatus(file);
      CloseableIterator<ColumnarBatch> data =
          engine
              .getParquetHandler()
              .readParquetFiles(
                  Utils.singletonCloseableIterator(status), physical, Optional.empty())
              .map(FileReadResult::getData);
      try (CloseableIterator<FilteredColumnarBatch> batches =
          Scan.transformPhysicalData(engine, state, file, data)) {
        while (batches.hasNext()) {
          rows += batches.next().getData().getSize();
        }
      }
    }
    return rows;
  }

  private long listFiles(Path table) throws IOException {
    Snapshot snapshot = TableManager.loadSnapshot(table.toString()).build(engine);
    ScanImpl scan = (ScanImpl) snapshot.getScanBuilder().build();
    long files = 0;
    try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine, true)) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> rows = batches.next().getRows()) {
          while (rows.hasNext()) {
            Row add = rows.next().getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL);
            StructType schema = add.getSchema();
            boolean whole =
                !add.getString(schema.indexOf("path")).isEmpty()
                    && add.getLong(schema.indexOf("size")) > 0
                    && add.getString(schema.indexOf("stats")) != null;
            files += whole ? 1 : 0;
          }
        }
      }
    }
    return files;
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
