package io.neuralake.lock;

/** Names in a {@code _delta_log} (Delta protocol, section "Delta Log Entries"). */
public final class CommitName {
  private CommitName() {}

  /** The name of a version's commit: 20 digits and {@code .json}. */
  public static String of(long version) {
    if (version < 0) {
      throw new IllegalArgumentException("Negative version " + version);
    }
    String digits = Long.toString(version);
    return "0".repeat(20 - digits.length()) + digits + ".json";
  }
}
