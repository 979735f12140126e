package io.neuralake.internal.log;

/** Names in a table's log folder (Delta protocol, "Delta Log Entries"). */
public final class LogPaths {

  public static final String LOG_FOLDER = "_delta_log";

  private LogPaths() {}

  /** Name of a commit: 20 digits and {@code .json}. */
  public static String commitName(long version) {
    return versionDigits(version) + ".json";
  }

  /** A version as file names hold it: 20 digits. */
  static String versionDigits(long version) {
    String digits = Long.toString(version);
    return "0".repeat(20 - digits.length()) + digits;
  }

  /** Location of a commit. */
  public static String commit(String table, long version) {
    return table + "/" + LOG_FOLDER + "/" + commitName(version);
  }

  /** The version of a commit file, or -1 if the location is not one. */
  static long commitVersion(String location) {
    String name = location.substring(location.lastIndexOf('/') + 1);
    if (name.length() != 25 || !name.endsWith(".json")) {
      return -1;
    }
    for (int i = 0; i < 20; i++) {
      char c = name.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
    }
    try {
      return Long.parseLong(name.substring(0, 20));
    } catch (NumberFormatException e) {
      return -1; // above 2^63
    }
  }
}
