package io.neuralake.lock;

import java.util.Locale;

/** Names in a {@code _delta_log} (Delta protocol, section "Delta Log Entries"). */
final class CommitName {
  private CommitName() {}

  static String of(long version) {
    if (version < 0) {
      throw new IllegalArgumentException("Negative version " + version);
    }
    return String.format(Locale.ROOT, "%020d.json", version);
  }
}
