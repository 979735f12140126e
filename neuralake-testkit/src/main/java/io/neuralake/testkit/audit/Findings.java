package io.neuralake.testkit.audit;

import io.neuralake.testkit.audit.Finding.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What an audit collects while it runs. */
final class Findings {
  private final List<Finding> all = new ArrayList<>();
  long commits;
  long checkpoints;
  long checksums;
  long dataFiles;
  long values;
  long readers;

  void error(Rule rule, String path, String explanation) {
    all.add(new Finding(rule, Severity.ERROR, path, explanation));
  }

  void warning(Rule rule, String path, String explanation) {
    all.add(new Finding(rule, Severity.WARNING, path, explanation));
  }

  void note(Rule rule, String path, String explanation) {
    all.add(new Finding(rule, Severity.NOTE, path, explanation));
  }

  AuditReport report(String location, long version, long files, long rows) {
    List<Finding> sorted = all.stream().sorted(Comparator.comparing(Finding::severity)).toList();
    return new AuditReport(
        location,
        version,
        files,
        rows,
        new AuditReport.Looked(commits, checkpoints, checksums, dataFiles, values, readers),
        sorted);
  }
}
