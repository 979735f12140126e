package io.neuralake.internal.plan;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.order.RowOrder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of files into new files along a curve. A sample says where the curve is to be
 * cut; rows are dealt into buckets by these cuts, beyond a limit of memory in a temporary file; one
 * bucket after the other is sorted and written. Used once; not thread-safe.
 */
final class SortedRegrouping {

  /** Files that the sample is taken from; more would only cost time. */
  private static final int SAMPLED_FILES = 256;

  /** Bytes of a bucket as Arrow vectors, about. */
  private static final long BUCKET_BYTES = 24L << 20;

  private static final int MOST_BUCKETS_PER_FILE = 64;

  /** What a worker holds at a time: a bucket, sorted, and a row group. */
  private static final long WORKER_BYTES = 96L << 20;

  private static final int BYTES_OF_VALUE = 12;
  private static final int BYTES_OF_TEXT = 20;

  private final RegroupTask task;
  private final Layout layout;
  private final Regrouping files;
  private final LakeRuntime runtime;
  private final BufferAllocator allocator;
  private final int parts;
  private final int bucketsPerPart;
  private final int workers;

  SortedRegrouping(
      RegroupTask task,
      Layout layout,
      Regrouping files,
      LakeRuntime runtime,
      BufferAllocator allocator) {
    this.task = task;
    this.layout = layout;
    this.files = files;
    this.runtime = runtime;
    this.allocator = allocator;
    this.parts = (int) Math.max(1, Math.round((double) task.bytes() / task.targetBytes()));
    long width = 0;
    for (StructField field : files.columns().fields()) {
      DataType type = field.getDataType();
      width += type instanceof StringType ? BYTES_OF_TEXT : BYTES_OF_VALUE;
    }
    long buckets = task.rows() * width / parts / BUCKET_BYTES;
    this.bucketsPerPart = (int) Math.max(1, Math.min(MOST_BUCKETS_PER_FILE, buckets));
    this.workers =
        (int)
            Math.max(
                1,
                Math.min(
                    Runtime.getRuntime().availableProcessors(), layout.memory() / WORKER_BYTES));
  }

  RegroupTask.Result run() throws IOException, InterruptedException {
    RowOrder order = sample();
    List<@Nullable StagedFiles> staged = new ArrayList<>();
    IntStream.range(0, parts).forEach(part -> staged.add(null));
    boolean done = false;
    try (SortBuckets buckets =
        new SortBuckets(
            allocator,
            layout.memory() / 2,
            order.cuts(parts * bucketsPerPart),
            files.columns().fieldNames())) {
      each(task.files(), file -> read(file, files.columns(), b -> buckets.add(b, order)));
      each(
          IntStream.range(0, parts).boxed().toList(),
          part -> {
            StagedFiles out = files.staged(2 * task.targetBytes());
            staged.set(part, out); // before anything can fail
            write(buckets, part, out);
          });
      done = true;
    } finally {
      if (!done) {
        staged.forEach(SortedRegrouping::discard);
      }
    }
    List<DataFile> adds = new ArrayList<>();
    long rows = 0;
    for (StagedFiles out : staged) {
      if (out != null) {
        out.files().stream().map(Action.Add::file).forEach(adds::add);
        rows += out.rows();
      }
    }
    return new RegroupTask.Result(task.files(), List.copyOf(adds), rows);
  }

  private static void discard(@Nullable StagedFiles staged) {
    if (staged != null) {
      staged.discard();
    }
  }

  private RowOrder sample() throws InterruptedException, IOException {
    int step = Math.max(1, task.files().size() / SAMPLED_FILES);
    List<DataFile> some =
        IntStream.range(0, task.files().size())
            .filter(i -> i % step == 0)
            .mapToObj(task.files()::get)
            .toList();
    RowOrder order = new RowOrder(layout.curve(), layout.columns(), task.rows() / step);
    StructType keys =
        new StructType(
            files.columns().fields().stream()
                .filter(field -> layout.columns().contains(field.getName()))
                .toList());
    each(some, file -> read(file, keys, order::sample));
    order.freeze();
    return order;
  }

  private interface Rows {
    void of(VectorSchemaRoot batch) throws IOException;
  }

  private void read(DataFile file, StructType columns, Rows rows) throws InterruptedException {
    files.read(
        file,
        columns,
        allocator,
        next -> {
          try (VectorSchemaRoot batch = next) {
            rows.of(batch);
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
            return true;
          }
        });
  }

  private void write(SortBuckets buckets, int part, StagedFiles out) throws IOException {
    for (int i = 0; i < bucketsPerPart; i++) {
      buckets.sorted(part * bucketsPerPart + i, batch -> out.write(batch, task.files().get(0)));
    }
    out.finish();
  }

  private interface Work<F> {
    void on(F item) throws InterruptedException, IOException;
  }

  /** Does something with all items, a few at a time. */
  private <F> void each(List<F> items, Work<F> work) throws InterruptedException, IOException {
    Iterator<F> all = items.iterator();
    BatchQueue<Boolean> queue =
        FileReaders.start(
            task.table().location(),
            runtime.workers(),
            Math.min(workers, items.size()),
            () -> all.hasNext() ? all.next() : null,
            (item, done) -> work.on(item),
            ignored -> {});
    try {
      while (queue.next() != null) {
        // nobody hands anything over: this waits for the end
      }
    } finally {
      queue.close();
    }
  }
}
