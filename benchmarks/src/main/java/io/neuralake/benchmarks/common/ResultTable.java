package io.neuralake.benchmarks.common;

import java.util.List;
import java.util.Locale;

/** Figures beside those of peers, as text. */
public final class ResultTable {
  private static final String LINE = "%-46s %-24s %-9s %9s %9s %7s %7s  %s%n";

  private ResultTable() {}

  /** For a terminal. */
  public static String text(List<Result> results, List<Note> notes) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, LINE, "work", "peer", "unit", "figure", "peer", "ratio", "target", ""));
    for (Result result : results) {
      text.append(
          String.format(
              Locale.ROOT,
              LINE,
              result.work(),
              result.peer(),
              result.unit(),
              number(result.figure()),
              number(result.peerFigure()),
              number(result.ratio()),
              number(result.target()),
              result.verdict()));
    }
    text.append(String.format(Locale.ROOT, "%nAlso measured:%n"));
    for (Note note : notes) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-46s %-24s %-9s %9s%n",
              note.work(),
              note.contestant(),
              note.unit(),
              number(note.figure())));
    }
    return text.toString();
  }

  /** With as many decimals as tell something. */
  public static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return "-";
    }
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }
}
