package io.neuralake.testkit.audit;

/**
 * Something that an audit has found.
 *
 * @param rule what does not hold
 * @param severity how bad that is
 * @param path of the file that it is about, relative to the table's folder; may be empty
 * @param explanation what is expected and what is there
 */
public record Finding(Rule rule, Severity severity, String path, String explanation) {

  /** How bad a finding is. */
  public enum Severity {
    /** The table is damaged: readers fail, or see rows that they should not. */
    ERROR,
    /** Allowed, and yet a reason to look: some reader may stumble. */
    WARNING,
    /** Costs something and harms nobody. */
    NOTE
  }

  @Override
  public String toString() {
    return severity + " " + rule + (path.isEmpty() ? "" : " " + path) + ": " + explanation;
  }
}
