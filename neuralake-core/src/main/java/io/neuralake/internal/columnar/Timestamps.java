package io.neuralake.internal.columnar;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Microseconds since the epoch, as Delta's timestamps count, and java.time. */
public final class Timestamps {
  private static final long MICROS_PER_SECOND = 1_000_000;

  private Timestamps() {}

  /**
   * Microseconds since the epoch; what is finer is cut off downwards. {@code
   * ChronoUnit.MICROS.between} would count nanoseconds on the way, which overflow in the year 2262.
   *
   * @throws ArithmeticException outside of about 292,000 years around the epoch
   */
  public static long micros(Instant instant) {
    if (instant.getEpochSecond() < 0 && instant.getNano() > 0) {
      // Counted from the second above, so that the smallest values do not overflow on the way.
      long micros = Math.multiplyExact(instant.getEpochSecond() + 1, MICROS_PER_SECOND);
      return Math.addExact(micros, instant.getNano() / 1000 - MICROS_PER_SECOND);
    }
    long micros = Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND);
    return Math.addExact(micros, instant.getNano() / 1000);
  }

  /** Microseconds between 1970-01-01T00:00 and a local time. */
  static long micros(LocalDateTime dateTime) {
    return micros(dateTime.toInstant(ZoneOffset.UTC));
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1000);
  }

  static LocalDateTime dateTime(long micros) {
    return LocalDateTime.ofInstant(instant(micros), ZoneOffset.UTC);
  }

  /** The next whole millisecond not above. */
  static long millisDown(long micros) {
    long over = Math.floorMod(micros, 1000L);
    return micros < Long.MIN_VALUE + over ? Long.MIN_VALUE : micros - over;
  }

  /** The next whole millisecond not below. */
  static long millisUp(long micros) {
    long missing = Math.floorMod(-Math.floorMod(micros, 1000L), 1000L);
    return micros > Long.MAX_VALUE - missing ? Long.MAX_VALUE : micros + missing;
  }
}
