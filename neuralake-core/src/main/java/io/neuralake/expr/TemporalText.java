package io.neuralake.expr;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads dates and times as Spark SQL casts strings: {@code yyyy[-[m]m[-[d]d]]}, then for timestamps
 * {@code [ T][h]h:[m]m:[s]s[.fraction]} and a zone. Digits of the fraction behind microseconds are
 * cut. Without a zone the time is in UTC. Stateless and thread-safe.
 */
public final class TemporalText {
  private static final Pattern DATE =
      Pattern.compile("([+-]?\\d{4,6})(?:-(\\d{1,2})(?:-(\\d{1,2}))?)?");
  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{0,9}))?)?"
              + " *([A-Za-z+-][A-Za-z0-9:/_+-]*)?");

  private TemporalText() {}

  /**
   * Reads a date.
   *
   * @param text the text
   * @return the date
   * @throws DateTimeException if the text is none
   */
  public static LocalDate date(String text) {
    Matcher matcher = DATE.matcher(text.strip());
    if (!matcher.matches()) {
      throw new DateTimeException("not a date");
    }
    String year = matcher.group(1);
    return LocalDate.of(
        Integer.parseInt(year), part(matcher.group(2), 1), part(matcher.group(3), 1));
  }

  /**
   * Reads a timestamp; without a zone it is in UTC.
   *
   * @param text the text
   * @return the instant
   * @throws DateTimeException if the text is none
   */
  public static Instant timestamp(String text) {
    String stripped = text.strip();
    int split = split(stripped);
    LocalDate date = date(stripped.substring(0, split));
    if (split == stripped.length()) {
      return date.atStartOfDay().toInstant(ZoneOffset.UTC);
    }
    Matcher time = time(stripped.substring(split + 1));
    String zone = time.group(5);
    ZoneId id = zone == null ? ZoneOffset.UTC : ZoneId.of(zone);
    return date.atTime(timeOf(time)).atZone(id).toInstant();
  }

  /**
   * Reads a timestamp without zone. A zone in the text is refused.
   *
   * @param text the text
   * @return the local time
   * @throws DateTimeException if the text is none
   */
  public static LocalDateTime timestampNtz(String text) {
    String stripped = text.strip();
    int split = split(stripped);
    LocalDate date = date(stripped.substring(0, split));
    if (split == stripped.length()) {
      return date.atStartOfDay();
    }
    Matcher time = time(stripped.substring(split + 1));
    if (time.group(5) != null) {
      throw new DateTimeException("a zone");
    }
    return date.atTime(timeOf(time));
  }

  private static int split(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == ' ' || text.charAt(i) == 'T') {
        return i;
      }
    }
    return text.length();
  }

  private static Matcher time(String text) {
    Matcher matcher = TIME.matcher(text.strip());
    if (!matcher.matches()) {
      throw new DateTimeException("not a time");
    }
    return matcher;
  }

  private static LocalTime timeOf(Matcher time) {
    String fraction = time.group(4) == null ? "" : time.group(4);
    String micros = (fraction + "000000").substring(0, 6);
    return LocalTime.of(
        part(time.group(1), 0),
        part(time.group(2), 0),
        part(time.group(3), 0),
        Integer.parseInt(micros) * 1000);
  }

  private static int part(@Nullable String digits, int missing) {
    return digits == null ? missing : Integer.parseInt(digits);
  }
}
