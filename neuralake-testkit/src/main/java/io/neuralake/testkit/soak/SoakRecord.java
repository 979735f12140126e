package io.neuralake.testkit.soak;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What happens in a run, as it happens. Used by one thread. */
final class SoakRecord {
  private static final Pattern COMMIT = Pattern.compile("^committed\\b(.*)$");
  private static final long SAMPLE_NANOS = 100_000_000L;

  private final String name;
  private final long seed;
  private final long start;
  private final List<SoakReport.Commit> commits = new ArrayList<>();
  private final List<SoakReport.Event> events = new ArrayList<>();
  private final List<SoakReport.Sample> versions = new ArrayList<>();
  private final Map<String, Long> held = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();
  private long nextSample;

  SoakRecord(String name, long seed, long start) {
    this.name = name;
    this.seed = seed;
    this.start = start;
  }

  private long millis() {
    return (System.nanoTime() - start) / 1_000_000;
  }

  /** Whether it was a commit. */
  boolean line(String writer, String line) {
    Matcher commit = COMMIT.matcher(line);
    boolean found = commit.find();
    if (found) {
      String told = commit.group(1);
      commits.add(
          new SoakReport.Commit(
              millis(),
              writer,
              number(told, "rows", 0),
              number(told, "ms", -1),
              number(told, "retries", 0)));
    }
    return found;
  }

  int commits() {
    return commits.size();
  }

  private static long number(String text, String key, long otherwise) {
    Matcher found = Pattern.compile("\\b" + key + "=(\\d{1,18})\\b").matcher(text);
    return found.find() ? Long.parseLong(found.group(1)) : otherwise;
  }

  void event(String what, String whom) {
    events.add(new SoakReport.Event(millis(), what, whom));
  }

  boolean wantsSample() {
    return System.nanoTime() >= nextSample;
  }

  void sample(long version) {
    versions.add(new SoakReport.Sample(millis(), version));
    nextSample = System.nanoTime() + SAMPLE_NANOS;
  }

  void held(String invariant) {
    held.merge(invariant, 1L, Long::sum);
  }

  void failure(String what) {
    failures.add(what);
  }

  boolean failed() {
    return !failures.isEmpty();
  }

  SoakReport report() {
    return new SoakReport(name, seed, millis(), commits, events, versions, held, failures);
  }
}
