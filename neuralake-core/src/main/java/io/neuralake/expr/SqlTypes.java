package io.neuralake.expr;

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
import io.neuralake.error.InvalidRequestException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The SQL names of the types that a cast can have. */
final class SqlTypes {
  private static final Pattern DECIMAL =
      Pattern.compile("(?:DECIMAL|DEC|NUMERIC) *(?:\\( *(\\d{1,3}) *(?:, *(\\d{1,3}) *)?\\))?");

  private static final Map<String, DataType> BY_NAME =
      Map.ofEntries(
          Map.entry("BOOLEAN", BooleanType.BOOLEAN),
          Map.entry("TINYINT", ByteType.BYTE),
          Map.entry("BYTE", ByteType.BYTE),
          Map.entry("SMALLINT", ShortType.SHORT),
          Map.entry("SHORT", ShortType.SHORT),
          Map.entry("INT", IntegerType.INTEGER),
          Map.entry("INTEGER", IntegerType.INTEGER),
          Map.entry("BIGINT", LongType.LONG),
          Map.entry("LONG", LongType.LONG),
          Map.entry("FLOAT", FloatType.FLOAT),
          Map.entry("REAL", FloatType.FLOAT),
          Map.entry("DOUBLE", DoubleType.DOUBLE),
          Map.entry("STRING", StringType.STRING),
          Map.entry("BINARY", BinaryType.BINARY),
          Map.entry("DATE", DateType.DATE),
          Map.entry("TIMESTAMP", TimestampType.TIMESTAMP),
          Map.entry("TIMESTAMP_LTZ", TimestampType.TIMESTAMP),
          Map.entry("TIMESTAMP_NTZ", TimestampNTZType.TIMESTAMP_NTZ));

  private static final Map<DataType, String> NAMES =
      Map.ofEntries(
          Map.entry(BooleanType.BOOLEAN, "BOOLEAN"),
          Map.entry(ByteType.BYTE, "TINYINT"),
          Map.entry(ShortType.SHORT, "SMALLINT"),
          Map.entry(IntegerType.INTEGER, "INT"),
          Map.entry(LongType.LONG, "BIGINT"),
          Map.entry(FloatType.FLOAT, "FLOAT"),
          Map.entry(DoubleType.DOUBLE, "DOUBLE"),
          Map.entry(StringType.STRING, "STRING"),
          Map.entry(BinaryType.BINARY, "BINARY"),
          Map.entry(DateType.DATE, "DATE"),
          Map.entry(TimestampType.TIMESTAMP, "TIMESTAMP"),
          Map.entry(TimestampNTZType.TIMESTAMP_NTZ, "TIMESTAMP_NTZ"));

  private SqlTypes() {}

  static String name(DataType type) {
    if (type instanceof DecimalType decimal) {
      return "DECIMAL(" + decimal.getPrecision() + ", " + decimal.getScale() + ")";
    }
    String name = NAMES.get(type);
    if (name == null) {
      throw new InvalidRequestException(
          "CAST to " + type + " is not supported. Cast to a type that is not nested.");
    }
    return name;
  }

  static DataType parse(String name) {
    String upper = name.strip().toUpperCase(Locale.ROOT);
    DataType type = BY_NAME.get(upper);
    if (type != null) {
      return type;
    }
    Matcher matcher = DECIMAL.matcher(upper);
    if (matcher.matches()) {
      int precision = matcher.group(1) == null ? 10 : Integer.parseInt(matcher.group(1));
      int scale = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
      if (precision < 1 || precision > 38 || scale > precision) {
        throw new InvalidRequestException(
            upper + " is not a valid type. Use a precision of 1 to 38 and a scale up to it.");
      }
      return new DecimalType(precision, scale);
    }
    throw new InvalidRequestException(
        "CAST to "
            + upper
            + " is not supported. Use one of "
            + NAMES.values().stream().sorted().toList()
            + " or DECIMAL(p, s).");
  }

  /**
   * A cast. The doubles and floats that SQL has no literal for are written as casts of a string, so
   * these casts are the literals.
   */
  static Expr cast(Expr value, String typeName) {
    DataType type = parse(typeName);
    if (value instanceof Expr.Literal literal && literal.value() instanceof String text) {
      boolean special = text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity");
      if (special && type.equals(DoubleType.DOUBLE)) {
        return new Expr.Literal(Double.valueOf(text));
      }
      if (special && type.equals(FloatType.FLOAT)) {
        return new Expr.Literal(Float.valueOf(text));
      }
    }
    return new Expr.Cast(value, name(type));
  }
}
