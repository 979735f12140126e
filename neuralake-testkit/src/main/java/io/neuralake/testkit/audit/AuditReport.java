package io.neuralake.testkit.audit;

import io.neuralake.testkit.audit.Finding.Severity;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an audit has looked at and found.
 *
 * @param location of the table
 * @param version the newest; -1 if there is no table
 * @param files live data files of that version
 * @param rows live rows of that version, counted in the files where these were read
 * @param looked what was compared
 * @param findings the worst first
 */
public record AuditReport(
    String location, long version, long files, long rows, Looked looked, List<Finding> findings) {

  private static final int SHOWN = 30;

  /**
   * How much was compared, so that an audit that looked at nothing does not pass for a good one.
   *
   * @param commits commits that were replayed
   * @param checkpoints checkpoints and compacted commits that were compared with the replay
   * @param checksums version checksums that were compared with the replay
   * @param dataFiles data files whose rows were read
   * @param values minimum, maximum and null counts that were compared with the rows
   * @param readers independent readers whose rows were compared
   */
  public record Looked(
      long commits, long checkpoints, long checksums, long dataFiles, long values, long readers) {}

  public AuditReport {
    findings = List.copyOf(findings);
  }

  /** Whether there is no error. */
  public boolean isConsistent() {
    return errors().isEmpty();
  }

  /** The findings that are errors. */
  public List<Finding> errors() {
    return findings.stream().filter(finding -> finding.severity() == Severity.ERROR).toList();
  }

  /** The findings of one rule. */
  public List<Finding> findings(Rule rule) {
    return findings.stream().filter(finding -> finding.rule() == rule).toList();
  }

  /** A text to read: what was looked at, and each finding with the guarantee that it breaks. */
  @Override
  public String toString() {
    String head =
        "Audit of %s at version %d: %s; %d files, %d rows; compared %d commits, %d checkpoints, %d"
                .formatted(
                    location,
                    version,
                    isConsistent() ? "consistent" : errors().size() + " errors",
                    files,
                    rows,
                    looked.commits(),
                    looked.checkpoints(),
                    looked.checksums())
            + " checksums, %d data files, %d statistics, %d other readers"
                .formatted(looked.dataFiles(), looked.values(), looked.readers());
    String shown =
        findings.stream()
            .limit(SHOWN)
            .map(f -> "\n  " + f + "\n      (" + f.rule().guarantee() + ")")
            .collect(Collectors.joining());
    return head
        + shown
        + (findings.size() > SHOWN ? "\n  and " + (findings.size() - SHOWN) + " more" : "");
  }
}
