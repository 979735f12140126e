package io.neuralake.internal.columnar;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.jspecify.annotations.Nullable;

/** Single values of canonical vectors as the Java values that {@code FileStats} documents. */
public final class ArrowValues {

  private ArrowValues() {}

  /**
   * A value.
   *
   * @return null if it is null
   * @throws IllegalArgumentException if the vector holds structs, arrays or maps
   */
  public static @Nullable Object get(FieldVector vector, int row) {
    if (vector.isNull(row)) {
      return null;
    }
    if (vector instanceof VarCharVector text) {
      return new String(text.get(row), StandardCharsets.UTF_8);
    } else if (vector instanceof IntVector ints) {
      return ints.get(row);
    } else if (vector instanceof BigIntVector longs) {
      return longs.get(row);
    } else if (vector instanceof DateDayVector days) {
      return LocalDate.ofEpochDay(days.get(row));
    } else if (vector instanceof TimeStampMicroTZVector micros) {
      return Instant.EPOCH.plus(micros.get(row), ChronoUnit.MICROS);
    } else if (vector instanceof TimeStampMicroVector micros) {
      return LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC)
          .plus(micros.get(row), ChronoUnit.MICROS);
    } else if (vector instanceof BitVector bits) {
      return bits.get(row) == 1;
    } else if (vector instanceof TinyIntVector bytes) {
      return bytes.get(row);
    } else if (vector instanceof SmallIntVector shorts) {
      return shorts.get(row);
    } else if (vector instanceof Float4Vector floats) {
      return floats.get(row);
    } else if (vector instanceof Float8Vector doubles) {
      return doubles.get(row);
    } else if (vector instanceof DecimalVector decimals) {
      BigDecimal value = decimals.getObject(row);
      return value;
    } else if (vector instanceof VarBinaryVector bytes) {
      return bytes.get(row);
    }
    throw new IllegalArgumentException("no single value of " + vector.getField());
  }
}
