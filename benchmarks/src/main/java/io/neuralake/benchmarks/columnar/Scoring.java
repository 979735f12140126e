package io.neuralake.benchmarks.columnar;

import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Turns measurements into the lines of the table; the targets stand here and nowhere else. */
final class Scoring {
  private static final String SPEED = "M rows/s";
  private static final String HEAP = "MiB heap";
  private static final String OURS = "neuralake";

  private final Rounds rounds;
  private final Heaps heaps;

  Scoring(Rounds rounds, Heaps heaps) {
    this.rounds = rounds;
    this.heaps = heaps;
  }

  /**
   * Heap that work needs, in MiB; NaN where none that was tried suffices.
   *
   * @param copy scan and write of the table of signals
   * @param list open and list many files
   * @param kernelList the same by Kernel
   */
  record Heaps(double copy, double list, double kernelList) {
    /** What scan and write may need at most. */
    static final int COPY_LIMIT = 256;
  }

  List<Result> results() {
    return List.of(
        speed(Work.SCAN_ALL, "to Arrow, 2 threads", Work.SCAN_ALL, "spark", "Spark local[2]", 2.5),
        speed(Work.SCAN_ALL, "to Arrow, 2 threads", Work.SCAN_ALL, "kernel", "Kernel default", 4),
        speed(Work.READ_RECORDS, "2 threads", Work.READ_AVRO, "parquet-avro", "parquet-avro", 2.5),
        speed(Work.READ_AVRO, "2 threads", Work.READ_AVRO, "parquet-avro", "parquet-avro", 2),
        speed(Work.SCAN_THREE, "2 threads", Work.SCAN_THREE, "spark", "Spark local[2]", 3),
        speed(Work.WRITE, "zstd-3, 2 threads", Work.WRITE, "spark", "Spark local[2], files", 2.5),
        speed(Work.WRITE, "zstd-3, 2 threads", Work.WRITE, "duckdb", "DuckDB COPY", 1),
        Result.smaller(
            Work.LIST_FILES.title(),
            "Kernel default",
            "ms",
            millis(Work.LIST_FILES, OURS),
            millis(Work.LIST_FILES, "kernel"),
            3),
        Result.smaller(
            Work.LIST_FILES.title() + ", heap",
            "Kernel default",
            HEAP,
            heaps.list(),
            heaps.kernelList(),
            2),
        Result.smaller(
            Work.COPY.title() + ", heap", "the limit", HEAP, heaps.copy(), Heaps.COPY_LIMIT, 1));
  }

  private Result speed(
      Work work, String how, Work peerWork, String peer, String peerName, double target) {
    return Result.larger(
        work.title() + ", " + how,
        peerName,
        SPEED,
        speed(work, OURS),
        speed(peerWork, peer),
        target);
  }

  /** What has no target: every contestant's own figures, and memory for each row. */
  List<Note> notes() {
    List<Note> notes = new ArrayList<>();
    Measurement scan = rounds.median(Work.SCAN_ALL, OURS);
    double rows = scan.rows();
    notes.add(
        new Note("heap allocated by the scan to Arrow", OURS, "B/row", scan.heapBytes() / rows));
    notes.add(new Note("Arrow memory that it fills", OURS, "B/row", scan.arrowBytes() / rows));
    rounds
        .all()
        .forEach(
            (key, runs) -> {
              boolean listing = key.work().name().startsWith("LIST");
              notes.add(
                  new Note(
                      key.work().title(),
                      key.contestant(),
                      listing ? "ms" : SPEED,
                      listing
                          ? millis(key.work(), key.contestant())
                          : speed(key.work(), key.contestant())));
            });
    return notes;
  }

  /** All measured times in seconds. */
  Map<String, List<Double>> seconds() {
    return inSeconds(Measurement::nanos);
  }

  /** The processor time of the same runs. */
  Map<String, List<Double>> cpuSeconds() {
    return inSeconds(Measurement::cpuNanos);
  }

  private Map<String, List<Double>> inSeconds(ToLongFunction<Measurement> nanos) {
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    rounds
        .all()
        .forEach(
            (key, runs) ->
                seconds.put(
                    key.work() + "/" + key.contestant(),
                    runs.stream().map(run -> nanos.applyAsLong(run) / 1e9).toList()));
    return seconds;
  }

  private double speed(Work work, String contestant) {
    Measurement median = rounds.median(work, contestant);
    return median.rows() * 1e3 / median.nanos();
  }

  private double millis(Work work, String contestant) {
    return rounds.median(work, contestant).nanos() / 1e6;
  }
}
