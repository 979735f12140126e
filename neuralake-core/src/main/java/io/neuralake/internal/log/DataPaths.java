package io.neuralake.internal.log;

import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.store.Locations;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Paths of data files as the log holds them: percent-encoded, relative to the table or absolute
 * (Delta protocol, "Add File and Remove File").
 */
public final class DataPaths {

  private static final String KEPT = "-_.~/=!$&'()*+,;@";

  private DataPaths() {}

  /**
   * The location of a data file.
   *
   * @throws CorruptTableException if a relative path climbs out of the table, or is malformed
   */
  public static String resolve(String table, String logPath) {
    String path = decode(table, logPath);
    try {
      if (logPath.startsWith("/")) {
        return Locations.parse(Locations.scheme(table) + "://" + Locations.authority(table) + path);
      }
      return isAbsolute(logPath) ? Locations.parse(path) : Locations.resolveInside(table, path);
    } catch (InvalidRequestException e) {
      throw new CorruptTableException(
          table
              + ": the log names a data file '"
              + abbreviate(logPath)
              + "' that neuralake refuses to open: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * One spelling for all that name the same file: absolute paths with the scheme and authority of
   * the table's storage, local ones with three slashes. Stays percent-encoded.
   */
  static String qualify(String table, String logPath) {
    if (logPath.startsWith("/")) {
      return Locations.scheme(table) + "://" + Locations.authority(table) + logPath;
    }
    return logPath.startsWith("file:/") && !logPath.startsWith("file://")
        ? "file://" + logPath.substring("file:".length())
        : logPath;
  }

  /**
   * The other way round: local paths as Hadoop, and with it Spark, writes them, which compares
   * names of files by their text when it writes deletion vectors.
   */
  static String written(String path) {
    return path.startsWith("file:///") ? "file:" + path.substring("file://".length()) : path;
  }

  /** Whether a path of the log names a file outside the table's folder, or may do so. */
  public static boolean isAbsolute(String logPath) {
    if (logPath.startsWith("/")) {
      return true;
    }
    int colon = logPath.indexOf(':');
    if (colon < 2) {
      return false;
    }
    for (int i = 0; i < colon; i++) {
      char c = logPath.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      if (!letter && (i == 0 || !other)) {
        return false;
      }
    }
    return true;
  }

  /** The form in which an absolute location stands in the log. */
  public static String absolute(String location) {
    return Locations.scheme(location)
        + "://"
        + Locations.authority(location)
        + encode(Locations.path(location));
  }

  /** The form in which a raw relative path stands in the log. */
  public static String encode(String rawRelativePath) {
    StringBuilder encoded = new StringBuilder(rawRelativePath.length() + 16);
    for (byte b : rawRelativePath.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (plain || KEPT.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append('%');
        encoded.append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
        encoded.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      }
    }
    return encoded.toString();
  }

  static String decode(String table, String logPath) {
    if (logPath.indexOf('%') < 0) {
      return logPath;
    }
    byte[] bytes = logPath.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        decoded.write(bytes[i]);
        continue;
      }
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new CorruptTableException(
            table
                + ": the log names a data file '"
                + abbreviate(logPath)
                + "' whose percent-encoding is malformed.");
      }
      decoded.write(high << 4 | low);
      i += 2;
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  static String abbreviate(String path) {
    return path.length() <= 200 ? path : path.substring(0, 200) + "...";
  }
}
