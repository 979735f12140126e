package io.neuralake.benchmarks.commit;

import com.sun.management.OperatingSystemMXBean;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.signal.NeuralSignal;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Sixteen threads of one process that append to one table, beside one thread. */
final class GroupRows {
  private static final int THREADS = 16;

  private GroupRows() {}

  static List<Result> measure(
      Options options,
      S3Bucket bucket,
      HttpFaultProxy far,
      List<NeuralSignal> rows,
      List<Note> notes)
      throws Exception {
    List<Result> results = new ArrayList<>();
    try (NeuralLake near = bucket.newLake();
        NeuralLake distant = bucket.through(far.endpoint()).newLake()) {
      results.add(
          measure(options, near.table(bucket.location("group")), "embedded S3", rows, notes));
      results.add(
          measure(
              options,
              distant.table(bucket.location("group-far")),
              "S3 that answers after " + CommitComparison.FAR.toMillis() + " ms",
              rows,
              notes));
    }
    return results;
  }

  private static Result measure(
      Options options, NeuralTable table, String where, List<NeuralSignal> rows, List<Note> notes)
      throws Exception {
    CommitComparison.create(table);
    Times.Step append = () -> table.append(rows).commit();
    Threads.perSecond(THREADS, 10, append);
    double one = Threads.perSecond(1, options.appends() / 2, append);
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    system.getCpuLoad(); // the next one is of the time since
    double all = Threads.perSecond(THREADS, options.appends() / 4, append);
    notes.add(
        new Note(
            "busy processors, client and server",
            "16 threads, " + where,
            "of " + system.getAvailableProcessors(),
            system.getCpuLoad() * system.getAvailableProcessors()));
    return Result.larger("16 threads, " + where, "one thread", "commits/s", all, one, 8);
  }
}
