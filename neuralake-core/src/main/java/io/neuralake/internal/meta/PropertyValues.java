package io.neuralake.internal.meta;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalUnit;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the values of table properties. Each method throws {@link IllegalArgumentException} whose
 * message says what the value has to look like.
 */
final class PropertyValues {
  private static final Map<String, TemporalUnit> UNITS =
      Map.of(
          "week", ChronoUnit.WEEKS,
          "day", ChronoUnit.DAYS,
          "hour", ChronoUnit.HOURS,
          "minute", ChronoUnit.MINUTES,
          "second", ChronoUnit.SECONDS,
          "millisecond", ChronoUnit.MILLIS,
          "microsecond", ChronoUnit.MICROS);

  private static final String INTERVAL_FORM =
      "needs to be an interval such as 'interval 7 days' or '36 hours' (no months or years: say"
          + " '365 days'), not negative";

  private static final Pattern SIZE = Pattern.compile("(\\d{1,18})\\s*([a-z]*)");
  private static final String SIZE_FORM =
      "needs to be a size in bytes such as '134217728', '128mb' or '1gb', greater than 0";

  private PropertyValues() {}

  static boolean bool(String text) {
    if (text.strip().equalsIgnoreCase("true")) {
      return true;
    }
    if (text.strip().equalsIgnoreCase("false")) {
      return false;
    }
    throw new IllegalArgumentException("needs to be 'true' or 'false'");
  }

  static int intAtLeast(String text, int least) {
    long value = longAtLeast(text, least);
    if (value > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("needs to be at most " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  static long longAtLeast(String text, long least) {
    String problem = "needs to be a whole number of at least " + least;
    try {
      long value = Long.parseLong(text.strip());
      if (value < least) {
        throw new IllegalArgumentException(problem);
      }
      return value;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(problem, e);
    }
  }

  /** Reads {@code interval 1 day 12 hours}; the word "interval" may be left out. */
  static Duration interval(String text) {
    String[] words = text.strip().toLowerCase(Locale.ROOT).split("\\s+", 64);
    int at = words[0].equals("interval") ? 1 : 0;
    if (at == words.length || (words.length - at) % 2 != 0) {
      throw new IllegalArgumentException(INTERVAL_FORM);
    }
    Duration sum = Duration.ZERO;
    try {
      for (; at < words.length; at += 2) {
        String unit = words[at + 1];
        TemporalUnit known =
            UNITS.get(unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit);
        if (known == null) {
          throw new IllegalArgumentException(INTERVAL_FORM);
        }
        // A week is an estimate only to java.time, which therefore refuses it here.
        long amount = Long.parseLong(words[at]);
        sum =
            known == ChronoUnit.WEEKS
                ? sum.plusDays(Math.multiplyExact(amount, 7L))
                : sum.plus(amount, known);
      }
      // Users of the duration count in milliseconds.
      if (sum.isNegative() || sum.toMillis() < 0) {
        throw new IllegalArgumentException(INTERVAL_FORM);
      }
      return sum;
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(INTERVAL_FORM, e);
    }
  }

  /** Reads a number of bytes; the units are powers of 1024. */
  static long size(String text) {
    Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(SIZE_FORM);
    }
    int power =
        switch (matcher.group(2)) {
          case "", "b" -> 0;
          case "k", "kb", "kib" -> 1;
          case "m", "mb", "mib" -> 2;
          case "g", "gb", "gib" -> 3;
          case "t", "tb", "tib" -> 4;
          default -> throw new IllegalArgumentException(SIZE_FORM);
        };
    try {
      long bytes = Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power));
      if (bytes == 0) {
        throw new IllegalArgumentException(SIZE_FORM);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(SIZE_FORM, e);
    }
  }

  /** The allowed value that equals the text, ignoring case. */
  static String oneOf(String text, String... allowed) {
    for (String candidate : allowed) {
      if (candidate.equalsIgnoreCase(text.strip())) {
        return candidate;
      }
    }
    throw new IllegalArgumentException("needs to be one of " + String.join(", ", allowed));
  }
}
