package io.neuralake.internal.eval;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;

/** How values of a type are held while expressions are evaluated. */
enum Kind {
  /** {@link Boolean}. */
  BOOL,
  /** {@link Long}: integers, days of a date, microseconds of a timestamp. */
  LONG,
  /** {@link Double}: float and double. */
  DOUBLE,
  /** {@link java.math.BigDecimal}. */
  DECIMAL,
  /** {@link io.neuralake.expr.Binary}: binaries, and strings in UTF-8. */
  BYTES,
  /** Nested types: only whether a value is null is known. */
  OPAQUE;

  static Kind of(DataType type) {
    if (type instanceof BooleanType) {
      return BOOL;
    }
    if (isIntegral(type) || isTemporal(type)) {
      return LONG;
    }
    if (type instanceof FloatType || type instanceof DoubleType) {
      return DOUBLE;
    }
    if (type instanceof DecimalType) {
      return DECIMAL;
    }
    return type instanceof StringType || type instanceof BinaryType ? BYTES : OPAQUE;
  }

  static boolean isIntegral(DataType type) {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }

  static boolean isTemporal(DataType type) {
    return type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType;
  }

  static boolean isNumeric(DataType type) {
    return isIntegral(type) || of(type) == DOUBLE || of(type) == DECIMAL;
  }
}
