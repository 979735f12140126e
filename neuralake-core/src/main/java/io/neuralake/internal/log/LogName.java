package io.neuralake.internal.log;

import io.neuralake.internal.store.Locations;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a file in the log folder says (Delta protocol, "Delta Log Entries").
 *
 * @param version of the file; the first one of compacted commits
 * @param last the last version of compacted commits, else the version
 * @param kind what it is
 * @param parts how many files the checkpoint has beside each other; 1 for all but multi-part ones
 */
record LogName(long version, long last, Kind kind, int parts) {

  /** Kinds of files that clean-up knows; all others are let alone. */
  enum Kind {
    COMMIT,
    CHECKSUM,
    COMPACTED,
    CHECKPOINT,
    /** A checkpoint that is named by a UUID and may have sidecars. */
    MANIFEST
  }

  private static final Pattern NAME =
      Pattern.compile(
          "(?<version>\\d{20})\\.(?:(?<commit>json)|(?<checksum>crc)"
              + "|(?<last>\\d{20})\\.compacted\\.json"
              + "|checkpoint(?:\\.\\d{10}\\.(?<parts>\\d{10}))?\\.parquet"
              + "|checkpoint\\.(?<uuid>[0-9a-fA-F-]{36})\\.(?:parquet|json))");

  /** What a location says, null if it is none of the kinds. */
  static @Nullable LogName of(String location) {
    Matcher name = NAME.matcher(Locations.name(location));
    if (!name.matches()) {
      return null;
    }
    try {
      long version = Long.parseLong(name.group("version"));
      if (name.group("last") != null) {
        return new LogName(version, Long.parseLong(name.group("last")), Kind.COMPACTED, 1);
      }
      Kind kind =
          name.group("commit") != null
              ? Kind.COMMIT
              : name.group("checksum") != null
                  ? Kind.CHECKSUM
                  : name.group("uuid") != null ? Kind.MANIFEST : Kind.CHECKPOINT;
      String parts = name.group("parts");
      return new LogName(version, version, kind, parts == null ? 1 : Integer.parseInt(parts));
    } catch (NumberFormatException e) {
      return null; // above 2^63
    }
  }

  /** Whether it is a checkpoint, or a part of one. */
  boolean isCheckpoint() {
    return kind == Kind.CHECKPOINT || kind == Kind.MANIFEST;
  }
}
