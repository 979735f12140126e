package io.neuralake.internal.store;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Names of temporary files: {@code .<name>.<32 hex digits>.tmp}. Those of Delta's log stores, which
 * have a UUID with dashes, are recognised too. Thread-safe.
 */
final class UniqueNames {
  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.[0-9a-f-]{32,36}\\.tmp");
  private static final int LONGEST_BASE = 100;

  private final RandomGenerator random;

  UniqueNames(RandomGenerator random) {
    this.random = random;
  }

  /** A temporary name for a file; long names are cut, so that the result stays a legal name. */
  String temporary(String name) {
    String base = name.codePointCount(0, name.length()) <= LONGEST_BASE ? name : cut(name);
    return "." + base + "." + unique() + ".tmp";
  }

  static boolean isTemporary(String name) {
    return TEMPORARY.matcher(name).matches();
  }

  private String unique() {
    // The generators of java.util.random are not all thread-safe.
    synchronized (random) {
      HexFormat hex = HexFormat.of();
      return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
  }

  private static String cut(String name) {
    return name.substring(0, name.offsetByCodePoints(0, LONGEST_BASE));
  }
}
