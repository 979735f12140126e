package io.neuralake.internal.row;

import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What bare numbers and bytes of a source mean.
 *
 * @param epochUnit the unit of numbers that count from 1970-01-01, null if numbers are no times
 * @param unscaledScale the scale of bytes that hold an unscaled decimal, -1 if bytes are none
 * @param uuid whether 16 bytes are a UUID
 */
record SourceHints(@Nullable ChronoUnit epochUnit, int unscaledScale, boolean uuid) {
  static final SourceHints NONE = new SourceHints(null, -1, false);

  static SourceHints epoch(ChronoUnit unit) {
    return new SourceHints(unit, -1, false);
  }
}
