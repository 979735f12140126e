package io.neuralake.internal.log;

import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.store.Locations;

/** Names in a table's log folder (Delta protocol, "Delta Log Entries"). */
public final class LogPaths {

  public static final String LOG_FOLDER = "_delta_log";

  static final String SIDECAR_FOLDER = "_sidecars";

  private static final int VERSION_DIGITS = 20;

  private LogPaths() {}

  /** Name of a commit: 20 digits and {@code .json}. */
  public static String commitName(long version) {
    return versionDigits(version) + ".json";
  }

  /** A version as file names hold it: 20 digits. */
  static String versionDigits(long version) {
    String digits = Long.toString(version);
    return "0".repeat(VERSION_DIGITS - digits.length()) + digits;
  }

  /** Location of a commit. */
  public static String commit(String table, long version) {
    return table + "/" + LOG_FOLDER + "/" + commitName(version);
  }

  /** Location of the file that stands for the commits from one version to another. */
  static String compacted(String table, long first, long last) {
    String versions = versionDigits(first) + "." + versionDigits(last);
    return table + "/" + LOG_FOLDER + "/" + versions + ".compacted.json";
  }

  /**
   * Location of a sidecar of a checkpoint.
   *
   * @param path as it stands in the log: a file name, or an absolute path that must be in the
   *     table's folder of sidecars
   * @throws CorruptTableException if it leads elsewhere
   */
  static String sidecar(String table, String path) {
    String folder = table + "/" + LOG_FOLDER + "/" + SIDECAR_FOLDER + "/";
    String location =
        DataPaths.isAbsolute(path)
            ? DataPaths.resolve(table, path)
            : folder + DataPaths.decode(table, path);
    String name = location.substring(location.lastIndexOf('/') + 1);
    if (!location.equals(folder + name) || name.isEmpty() || name.equals("..")) {
      throw new CorruptTableException(
          table
              + ": a checkpoint names the sidecar '"
              + DataPaths.abbreviate(path)
              + "', which is not a file in "
              + folder
              + ". Restore the checkpoint.");
    }
    return location;
  }

  /** The version of a commit file, or -1 if the location is not one. */
  public static long commitVersion(String location) {
    String name = Locations.name(location);
    return name.length() == VERSION_DIGITS + 5 && name.endsWith(".json") ? version(name, 0) : -1;
  }

  /**
   * The last of the commits for which a checkpoint, a checksum or a compacted commit stands, or -1
   * if the location is none of them.
   */
  static long standsForCommitsTo(String location) {
    String name = Locations.name(location);
    if (name.endsWith(".compacted.json")) {
      return version(name, VERSION_DIGITS + 1);
    }
    return name.endsWith(".crc") ? version(name, 0) : checkpointVersion(location);
  }

  /** The version of a checkpoint, or of its parts; -1 if the location is none. */
  static long checkpointVersion(String location) {
    String name = Locations.name(location);
    return name.contains(".checkpoint.") ? version(name, 0) : -1;
  }

  /** Whether a location is that of a sidecar of some table. */
  static boolean isSidecar(String location) {
    return location.contains("/" + LOG_FOLDER + "/" + SIDECAR_FOLDER + "/");
  }

  private static long version(String name, int start) {
    int end = start + VERSION_DIGITS;
    for (int i = start; i < end; i++) {
      if (i >= name.length() || name.charAt(i) < '0' || name.charAt(i) > '9') {
        return -1;
      }
    }
    try {
      return Long.parseLong(name.substring(start, end));
    } catch (NumberFormatException e) {
      return -1; // above 2^63
    }
  }
}
