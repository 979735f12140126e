package io.neuralake.testkit.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths as a log names them. */
final class LogPaths {
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)");

  private LogPaths() {}

  /** The path of an action without its percent-encoding, and in {@link #normal} form. */
  static String decoded(String logged) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] raw = logged.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%' && i + 2 < raw.length) {
        int high = Character.digit(raw[i + 1], 16);
        int low = Character.digit(raw[i + 2], 16);
        if (high >= 0 && low >= 0) {
          bytes.write(high * 16 + low);
          i += 2;
          continue;
        }
      }
      bytes.write(raw[i]);
    }
    return normal(bytes.toString(StandardCharsets.UTF_8));
  }

  /** One spelling of a place: local files without a scheme, Hadoop's names of S3 as S3. */
  static String normal(String path) {
    Matcher parts = SCHEME.matcher(path);
    if (!parts.matches() || !parts.group(2).startsWith("/")) {
      return path;
    }
    return switch (parts.group(1)) {
      case "file" -> parts.group(2).replaceFirst("^/+", "/");
      case "s3", "s3a", "s3n" -> "s3:" + parts.group(2);
      default -> path;
    };
  }

  static boolean hasScheme(String normal) {
    Matcher parts = SCHEME.matcher(normal);
    return parts.matches() && parts.group(2).startsWith("/");
  }

  static boolean isAbsolute(String normal) {
    return normal.startsWith("/") || hasScheme(normal);
  }
}
