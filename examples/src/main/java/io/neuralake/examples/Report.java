package io.neuralake.examples;

import io.neuralake.read.HistoryEntry;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Prints steps of a program in aligned lines, each with the time since the last one. */
final class Report {
  private final PrintStream out;
  private long since = System.nanoTime();

  Report(PrintStream out) {
    this.out = out;
  }

  /** A heading. */
  void title(String text) {
    out.println();
    out.println(text);
    out.println("-".repeat(text.length()));
    since = System.nanoTime();
  }

  /** A step that is done, with the time that it took. */
  void step(String name, String format, Object... args) {
    long now = System.nanoTime();
    String what = String.format(Locale.ROOT, format, args);
    out.printf(
        Locale.ROOT,
        "  %-14s %-66s %6d ms%n",
        name,
        what,
        Duration.ofNanos(now - since).toMillis());
    since = System.nanoTime();
  }

  /** A line that belongs to the step before. */
  void detail(String format, Object... args) {
    out.println(" ".repeat(17) + String.format(Locale.ROOT, format, args));
    since = System.nanoTime();
  }

  /** The versions of a table, newest first. */
  void history(List<HistoryEntry> entries) {
    for (HistoryEntry entry : entries) {
      detail(
          "version %-3d %-13s %10s rows   %s",
          entry.version(),
          entry.operation(),
          entry.metrics().getOrDefault("numOutputRows", "-"),
          entry.userMetadata().orElse(""));
    }
  }
}
