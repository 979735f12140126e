package io.neuralake.internal.store;

import io.neuralake.error.InvalidRequestException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Locations as {@link FileStore} takes them: {@code scheme://authority/path}, the path raw and
 * never percent-encoded, so that {@code ?}, {@code #} and {@code %} are characters like others.
 */
public final class Locations {
  // A scheme of one letter is a Windows drive, not a scheme.
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):(.*)", Pattern.DOTALL);

  private Locations() {}

  /**
   * The normal form of a table's location as a user writes it: a local path (relative ones against
   * the working directory), {@code file:/path}, {@code file:///path} or {@code
   * scheme://authority/path}. Runs of slashes count as one, as in Hadoop and Spark; a trailing
   * slash is dropped. Nothing is decoded.
   *
   * @throws InvalidRequestException if it cannot be a location
   */
  public static String parse(String location) {
    if (location.isBlank()) {
      throw new InvalidRequestException(
          "Table location is empty. Give a path, or a URI such as s3://bucket/table.");
    }
    if (location.indexOf('\0') >= 0) {
      throw new InvalidRequestException(
          "Table location '" + location.replace('\0', '?') + "' holds a NUL. Remove it.");
    }
    Matcher matcher = SCHEME.matcher(location);
    if (!matcher.matches()) {
      return local(location);
    }
    String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    String rest = matcher.group(2);
    return scheme.equals("file") ? file(location, rest) : remote(location, scheme, rest);
  }

  /** Like {@link #parse(String)}, with the path of the URI decoded. */
  public static String parse(URI uri) {
    String path = uri.getPath();
    if (uri.isOpaque() || path == null) {
      throw new InvalidRequestException(
          "Table location has no path. Give a URI such as s3://bucket/table.");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new InvalidRequestException(
          "Table location with path "
              + path
              + " has a query or a fragment. Write ? as %3F and # as %23 in a java.net.URI.");
    }
    if (uri.getScheme() == null) {
      return local(path);
    }
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    return parse(uri.getScheme() + "://" + authority + path);
  }

  /** The scheme, in lower case, of a location in normal form. */
  public static String scheme(String location) {
    return location.substring(0, separator(location));
  }

  /** What stands between {@code ://} and the path: a bucket, a host; may be empty. */
  public static String authority(String location) {
    int start = separator(location) + 3;
    int end = location.indexOf('/', start);
    return end < 0 ? location.substring(start) : location.substring(start, end);
  }

  /** The raw path, beginning with a slash; empty if the location is a bare authority. */
  public static String path(String location) {
    int slash = location.indexOf('/', separator(location) + 3);
    return slash < 0 ? "" : location.substring(slash);
  }

  /** A file or folder in a folder; {@code name} may have several segments and is taken as it is. */
  public static String child(String folder, String name) {
    return folder.endsWith("/") ? folder + name : folder + "/" + name;
  }

  /**
   * The folder that holds a location, without a trailing slash unless it is the root.
   *
   * @throws InvalidRequestException if the location is a root itself
   */
  public static String parent(String location) {
    String path = path(location);
    String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    int slash = trimmed.lastIndexOf('/');
    if (slash < 0) {
      throw new InvalidRequestException(location + ": has no parent folder. Name a file in it.");
    }
    String root = location.substring(0, location.length() - path.length());
    return root + (slash == 0 ? "/" : trimmed.substring(0, slash));
  }

  /** What follows the last slash. */
  public static String name(String location) {
    return location.substring(location.lastIndexOf('/') + 1);
  }

  /**
   * The path of a location below a folder, without a leading slash.
   *
   * @throws InvalidRequestException if it is not below the folder
   */
  public static String relativize(String folder, String location) {
    String prefix = folder.endsWith("/") ? folder : folder + "/";
    if (!location.startsWith(prefix) || location.length() == prefix.length()) {
      throw new InvalidRequestException(location + ": is not below " + folder + ".");
    }
    return location.substring(prefix.length());
  }

  /**
   * A file inside a table by its relative path, which may come from an untrusted log.
   *
   * @param relativePath raw, not percent-encoded
   * @throws InvalidRequestException if the path could leave the table or has no single meaning
   */
  public static String resolveInside(String tableLocation, String relativePath) {
    String problem = problem(relativePath);
    if (problem != null) {
      throw new InvalidRequestException(
          tableLocation
              + ": path '"
              + relativePath.replace('\0', '?')
              + "' is refused: "
              + problem
              + ". Paths must be relative and stay inside the table.");
    }
    return child(tableLocation, relativePath);
  }

  private static @Nullable String problem(String relativePath) {
    if (relativePath.indexOf('\0') >= 0) {
      return "it holds a NUL";
    }
    for (String segment : relativePath.split("/", -1)) {
      switch (segment) {
        case "" -> {
          return "it has an empty segment";
        }
        case ".", ".." -> {
          return "it has a segment " + segment;
        }
        default -> {}
      }
    }
    return null;
  }

  private static String file(String original, String rest) {
    if (!rest.startsWith("//")) {
      return local(rest);
    }
    int slash = rest.indexOf('/', 2);
    if (slash != 2) {
      throw new InvalidRequestException(
          "Table location "
              + original
              + " names a host, or no absolute path. Write file:///path with three slashes.");
    }
    return local(rest.substring(2));
  }

  private static String local(String path) {
    try {
      return "file://" + Path.of(path).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new InvalidRequestException(
          "Table location "
              + path
              + " is no local path: "
              + e.getReason()
              + ". Correct it; for names beyond ASCII the process needs a UTF-8 locale.",
          e);
    }
  }

  private static String remote(String original, String scheme, String rest) {
    if (!rest.startsWith("//")) {
      throw new InvalidRequestException(
          "Table location " + original + " lacks //. Write it as " + scheme + "://authority/path.");
    }
    int slash = rest.indexOf('/', 2);
    String authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
    checkAuthority(scheme, authority);
    var normal = new StringBuilder(scheme).append("://").append(authority);
    for (String segment : (slash < 0 ? "" : rest.substring(slash)).split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        throw new InvalidRequestException(
            "Table location "
                + original
                + " has a segment "
                + segment
                + ". Write the path in full.");
      }
      if (!segment.isEmpty()) {
        normal.append('/').append(segment);
      }
    }
    return normal.toString();
  }

  private static void checkAuthority(String scheme, String authority) {
    boolean s3 = isS3(scheme);
    int at = authority.indexOf('@');
    if (at >= 0 && (s3 || authority.substring(0, at).indexOf(':') >= 0)) {
      // Not quoted: this is where people put passwords.
      throw new InvalidRequestException(
          "Table location of scheme "
              + scheme
              + " holds credentials before '@'. Remove them and give them as storage settings.");
    }
    if (s3 && !authority.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new InvalidRequestException(
          "Table location "
              + scheme
              + "://"
              + authority
              + "/..: the bucket name is empty or malformed. Write "
              + scheme
              + "://bucket/path.");
    }
  }

  /** Whether a scheme names S3. */
  static boolean isS3(String scheme) {
    return scheme.equals("s3") || scheme.equals("s3a");
  }

  private static int separator(String location) {
    int at = location.indexOf("://");
    if (at <= 0) {
      throw new InvalidRequestException(
          "'" + location + "' is not a location. It must be written scheme://authority/path.");
    }
    return at;
  }
}
