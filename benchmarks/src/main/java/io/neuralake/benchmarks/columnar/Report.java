package io.neuralake.benchmarks.columnar;

import static io.neuralake.benchmarks.common.ResultTable.number;

import io.neuralake.benchmarks.common.Machine;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.ResultTable;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a comparison found.
 *
 * @param date of the run, ISO 8601
 * @param machine where it ran
 * @param rows of the table of signals
 * @param files of the table that was listed
 * @param repetitions of which the median counts
 * @param results the table
 * @param notes other figures
 * @param seconds all measured times, by work and contestant
 * @param cpuSeconds the processor time of the same runs
 */
record Report(
    String date,
    Machine machine,
    int rows,
    int files,
    int repetitions,
    List<Result> results,
    List<Note> notes,
    Map<String, List<Double>> seconds,
    Map<String, List<Double>> cpuSeconds) {

  boolean reached() {
    return results.stream().allMatch(Result::reached);
  }

  /** For a terminal. */
  String text() {
    return ResultTable.text(results, notes);
  }

  /** For the documentation. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Run on %s: %s, %d cores, %d GiB, %s, Java %s; load of the machine when it began %.1f."
                + " %,d rows, %,d files; medians of %d.%n%n",
            date,
            machine.cpu(),
            machine.cores(),
            machine.memoryGiB(),
            machine.os(),
            machine.java(),
            machine.load(),
            rows,
            files,
            repetitions));
    text.append("| work | peer | unit | neuralake | peer | ratio | target | |\n");
    text.append("|---|---|---|---|---|---|---|---|\n");
    for (Result result : results) {
      text.append(
          "| "
              + String.join(
                  " | ",
                  result.work(),
                  result.peer(),
                  result.unit(),
                  number(result.figure()),
                  number(result.peerFigure()),
                  number(result.ratio()),
                  number(result.target()),
                  result.verdict())
              + " |\n");
    }
    text.append("\n| also measured | by | unit | figure |\n|---|---|---|---|\n");
    for (Note note : notes) {
      text.append(
          "| "
              + String.join(
                  " | ", note.work(), note.contestant(), note.unit(), number(note.figure()))
              + " |\n");
    }
    return text.toString();
  }
}
