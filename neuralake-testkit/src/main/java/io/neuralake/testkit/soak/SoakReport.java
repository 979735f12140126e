package io.neuralake.testkit.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What happened in a {@link Soak}. Times are milliseconds since its start.
 *
 * @param name what the run was called
 * @param seed of its kills
 * @param millis how long it took
 * @param commits what writers reported, in order
 * @param events kills and jobs, in order
 * @param versions the table's versions, about ten a second
 * @param invariantsHeld how often each invariant was found to hold
 * @param failures what went wrong; empty if all is well
 */
public record SoakReport(
    String name,
    long seed,
    long millis,
    List<Commit> commits,
    List<Event> events,
    List<Sample> versions,
    Map<String, Long> invariantsHeld,
    List<String> failures) {

  /**
   * A commit that a writer reported.
   *
   * @param at when it was seen
   * @param writer whose
   * @param rows how many rows; 0 if not told
   * @param millis how long it took; -1 if not told
   * @param retries how many lost races; 0 if not told
   */
  public record Commit(long at, String writer, long rows, long millis, long retries) {}

  /**
   * A kill or a job.
   *
   * @param at when it began
   * @param what {@code kill} or the job's name
   * @param whom the writer, for kills
   */
  public record Event(long at, String what, String whom) {}

  /**
   * The table's version at a moment.
   *
   * @param at when
   * @param version the newest
   */
  public record Sample(long at, long version) {}

  /** Copies its lists. */
  public SoakReport {
    commits = List.copyOf(commits);
    events = List.copyOf(events);
    versions = List.copyOf(versions);
    invariantsHeld = new LinkedHashMap<>(invariantsHeld);
    failures = List.copyOf(failures);
  }

  /**
   * Returns a percentile of the latencies that were told.
   *
   * @param percent 0 to 100
   * @return milliseconds; -1 if none were told
   */
  public long latency(double percent) {
    long[] sorted =
        commits.stream().mapToLong(Commit::millis).filter(m -> m >= 0).sorted().toArray();
    if (sorted.length == 0) {
      return -1;
    }
    int index = (int) Math.ceil(percent / 100 * sorted.length) - 1;
    return sorted[Math.max(0, Math.min(sorted.length - 1, index))];
  }

  /**
   * Returns the figures of the run by name.
   *
   * @return figures in the order of the reports
   */
  public Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    long rows = commits.stream().mapToLong(Commit::rows).sum();
    double seconds = Math.max(1, millis) / 1000.0;
    figures.put("seed", seed);
    figures.put("seconds", rounded(seconds));
    figures.put("commits", commits.size());
    figures.put("commits per second", rounded(commits.size() / seconds));
    figures.put("rows", rows);
    figures.put("rows per second", rounded(rows / seconds));
    figures.put("latency p50 ms", latency(50));
    figures.put("latency p95 ms", latency(95));
    figures.put("latency p99 ms", latency(99));
    figures.put("latency max ms", latency(100));
    figures.put("retries", commits.stream().mapToLong(Commit::retries).sum());
    figures.put("version", versions.isEmpty() ? 0 : versions.get(versions.size() - 1).version());
    new TreeMap<>(
            events.stream().collect(Collectors.groupingBy(Event::what, Collectors.counting())))
        .forEach((what, count) -> figures.put("runs of " + what, count));
    figures.put(
        "invariants held", invariantsHeld.values().stream().mapToLong(Long::longValue).sum());
    figures.put("failures", failures.size());
    return figures;
  }

  private static double rounded(double figure) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.1f", figure));
  }

  /**
   * Writes {@code soak.md}, {@code soak.csv} (the commits), {@code soak.json}, {@code versions.svg}
   * and {@code latency.svg}.
   *
   * @param folder created if it is missing
   * @throws IOException if that fails
   */
  public void writeTo(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("soak.md"), markdown());
    Files.writeString(folder.resolve("soak.csv"), csv());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", name);
    all.put("figures", figures());
    all.put("invariants", invariantsHeld);
    all.put("failures", failures);
    all.put("events", events);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(folder.resolve("soak.json").toFile(), all);
    List<Plot.Mark> kills =
        events.stream().map(e -> new Plot.Mark(e.at(), e.what() + " " + e.whom())).toList();
    Files.writeString(
        folder.resolve("versions.svg"),
        new Plot(
                name + ": versions",
                "version",
                versions.stream().map(s -> new Plot.Point(s.at(), s.version())).toList(),
                kills,
                true)
            .svg());
    Files.writeString(
        folder.resolve("latency.svg"),
        new Plot(
                name + ": latency of commits",
                "ms",
                commits.stream()
                    .filter(c -> c.millis() >= 0)
                    .map(c -> new Plot.Point(c.at(), c.millis()))
                    .toList(),
                kills,
                false)
            .svg());
  }

  /**
   * Returns the report for a reader.
   *
   * @return Markdown
   */
  public String markdown() {
    StringBuilder text =
        new StringBuilder("# Soak: " + name + "\n\n| figure | value |\n|---|---|\n");
    figures().forEach((figure, value) -> text.append("| " + figure + " | " + value + " |\n"));
    text.append("\n| invariant | held |\n|---|---|\n");
    invariantsHeld.forEach((what, times) -> text.append("| " + what + " | " + times + " |\n"));
    text.append("\n![versions](versions.svg)\n![latency](latency.svg)\n");
    failures.forEach(failure -> text.append("\nFAILED: ").append(failure).append('\n'));
    return text.toString();
  }

  private String csv() {
    return commits.stream()
        .map(c -> c.at() + "," + c.writer() + "," + c.rows() + "," + c.millis() + "," + c.retries())
        .collect(Collectors.joining("\n", "at_ms,writer,rows,latency_ms,retries\n", "\n"));
  }
}
