package io.neuralake.testkit.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.testkit.audit.TableFiles.StoredFile;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What lies there and need not, and what is not there and should be, of older versions. */
final class LeftOvers {
  private static final Pattern INTERVAL =
      Pattern.compile("(?i)(?:interval\\s+)?(\\d+)\\s+(second|minute|hour|day|week)s?");
  private static final Duration DEFAULT_RETENTION = Duration.ofDays(7);

  private final TableFiles files;
  private final ReplayedState state;
  private final Findings findings;

  LeftOvers(TableFiles files, ReplayedState state, Findings findings) {
    this.files = files;
    this.state = state;
    this.findings = findings;
  }

  /** Files without a reference, and temporary ones. */
  void unused(Collection<StoredFile> listed, Set<String> named) throws IOException {
    for (StoredFile file : listed) {
      String path = file.path();
      String name = path.substring(path.lastIndexOf('/') + 1);
      boolean hidden = name.startsWith(".") || name.startsWith("_");
      if (name.endsWith(".tmp")) {
        findings.note(Rule.NO_LEFT_OVERS, path, "a temporary file of " + file.modified());
      } else if (!path.startsWith(LogListing.FOLDER) && !hidden && !named.contains(path)) {
        findings.note(Rule.NO_ORPHANS, path, file.size() + " bytes that no version names");
      }
    }
    for (String upload : files.unfinishedUploads()) {
      findings.note(Rule.NO_LEFT_OVERS, upload, "an upload that was not completed");
    }
  }

  /** Removed files that must still be there. */
  void removed(Map<String, StoredFile> listed, @Nullable Duration retention, Instant now) {
    Duration kept = retention == null ? retention() : retention;
    state.removed.forEach(
        (key, remove) -> {
          JsonNode time = remove.path("deletionTimestamp");
          Instant since = Instant.ofEpochMilli(time.asLong());
          boolean still = time.isNumber() && since.plus(kept).isAfter(now);
          if (still && !LogPaths.isAbsolute(key.path()) && !listed.containsKey(key.path())) {
            findings.error(
                Rule.REMOVED_FILES_KEPT,
                key.path(),
                "was removed at "
                    + since
                    + " and is gone already, while the table keeps such files for "
                    + kept);
          }
        });
  }

  private Duration retention() {
    Matcher text =
        INTERVAL.matcher(state.property("delta.deletedFileRetentionDuration", "").strip());
    if (!text.matches()) {
      return DEFAULT_RETENTION;
    }
    long count = Long.parseLong(text.group(1));
    return switch (text.group(2).toLowerCase(java.util.Locale.ROOT)) {
      case "second" -> Duration.ofSeconds(count);
      case "minute" -> Duration.ofMinutes(count);
      case "hour" -> Duration.ofHours(count);
      case "day" -> Duration.ofDays(count);
      default -> Duration.ofDays(7 * count);
    };
  }
}
