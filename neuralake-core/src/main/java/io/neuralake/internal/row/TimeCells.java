package io.neuralake.internal.row;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampVector;
import org.jspecify.annotations.Nullable;

/**
 * Writers of dates and timestamps. Times finer than a microsecond are floored to microseconds, as
 * Spark does.
 */
final class TimeCells {

  private TimeCells() {}

  /** Writer of dates. */
  static final class DateCell extends CellWriter {
    private final boolean numbers;

    DateCell(String path, boolean nullable, SourceHints hints) {
      super(path, "date", nullable);
      this.numbers = hints.epochUnit() == ChronoUnit.DAYS;
    }

    @Override
    long writeValue(FieldVector vector, int index, Object value) {
      if (value instanceof LocalDate date) {
        return writeDay(vector, index, date.toEpochDay(), value);
      } else if (value instanceof java.sql.Date date) {
        return writeDay(vector, index, date.toLocalDate().toEpochDay(), value);
      } else if (numbers && NumberCells.isLong(value)) {
        return writeLong(vector, index, ((Number) value).longValue());
      }
      throw mismatch(value);
    }

    @Override
    long writeLong(FieldVector vector, int index, long day) {
      return writeDay(vector, index, day, day);
    }

    private long writeDay(FieldVector vector, int index, long day, Object value) {
      if ((int) day != day) {
        throw misfit(value, "out of range");
      }
      ((DateDayVector) vector).setSafe(index, (int) day);
      return Integer.BYTES;
    }
  }

  /** Writer of timestamps, with (UTC) and without zone. */
  static final class TimestampCell extends CellWriter {
    private final boolean zoned;
    private final @Nullable ChronoUnit unit;

    TimestampCell(String path, boolean nullable, boolean zoned, SourceHints hints) {
      super(path, zoned ? "timestamp" : "timestamp_ntz", nullable);
      this.zoned = zoned;
      this.unit = hints.epochUnit();
    }

    @Override
    long writeValue(FieldVector vector, int index, Object value) {
      try {
        return writeLong(vector, index, zoned ? zonedMicros(value) : localMicros(value));
      } catch (ArithmeticException | DateTimeException e) {
        throw misfit(value, "out of range");
      }
    }

    @Override
    long writeLong(FieldVector vector, int index, long micros) {
      ((TimeStampVector) vector).setSafe(index, micros);
      return Long.BYTES;
    }

    private long zonedMicros(Object value) {
      if (value instanceof Instant instant) {
        return micros(instant.getEpochSecond(), instant.getNano());
      } else if (value instanceof OffsetDateTime time) {
        return micros(time.toEpochSecond(), time.getNano());
      } else if (value instanceof ZonedDateTime time) {
        return micros(time.toEpochSecond(), time.getNano());
      } else if (value instanceof java.sql.Timestamp || value.getClass() == java.util.Date.class) {
        Instant instant = ((java.util.Date) value).toInstant();
        return micros(instant.getEpochSecond(), instant.getNano());
      }
      return bareMicros(value);
    }

    private long localMicros(Object value) {
      if (value instanceof LocalDateTime time) {
        Instant instant = time.toInstant(ZoneOffset.UTC);
        return micros(instant.getEpochSecond(), instant.getNano());
      }
      return bareMicros(value);
    }

    private long bareMicros(Object value) {
      if (unit != null && value instanceof Long count) {
        return switch (unit) {
          case MILLIS -> Math.multiplyExact(count, 1000L);
          case MICROS -> count;
          case NANOS -> Math.floorDiv(count, 1000L);
          default -> throw mismatch(value);
        };
      }
      throw mismatch(value);
    }

    private static long micros(long seconds, int nanos) {
      if (seconds < 0) {
        // One second up and back, so that the earliest microsecond does not overflow on the way.
        return Math.addExact(
            Math.multiplyExact(seconds + 1, 1_000_000L), nanos / 1000 - 1_000_000L);
      }
      return Math.addExact(Math.multiplyExact(seconds, 1_000_000L), nanos / 1000);
    }
  }
}
