package io.neuralake.examples;

import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Guesses columns from the first rows of a file: boolean, long, double, timestamp (ISO 8601 with an
 * offset), string, and arrays and structs of them. Where rows disagree, long gives way to double
 * and everything else to string.
 */
final class SchemaGuess {
  private final boolean untyped;

  /** A column's type so far; null while it has been null in all rows. */
  private final Map<String, @Nullable DataType> columns = new LinkedHashMap<>();

  private SchemaGuess(boolean untyped) {
    this.untyped = untyped;
  }

  /** The columns of the first rows of a file, at most {@code sample} of them. */
  static StructType of(RowFile file, int sample) {
    SchemaGuess guess = new SchemaGuess(file.isUntyped());
    for (int i = 0; i < sample && file.hasNext(); i++) {
      guess.add(file.next().cells(), guess.columns);
    }
    return struct(guess.columns);
  }

  private void add(JsonNode object, Map<String, @Nullable DataType> into) {
    for (Map.Entry<String, JsonNode> cell : object.properties()) {
      into.put(cell.getKey(), common(into.get(cell.getKey()), type(cell.getValue())));
    }
  }

  private static StructType struct(Map<String, @Nullable DataType> fields) {
    StructType struct = new StructType();
    for (Map.Entry<String, @Nullable DataType> field : fields.entrySet()) {
      struct =
          struct.add(
              field.getKey(), Objects.requireNonNullElse(field.getValue(), StringType.STRING));
    }
    return struct;
  }

  private @Nullable DataType type(JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL, MISSING -> null;
      case BOOLEAN -> BooleanType.BOOLEAN;
      case NUMBER -> value.canConvertToExactIntegral() ? whole(value) : DoubleType.DOUBLE;
      case OBJECT -> {
        Map<String, @Nullable DataType> fields = new LinkedHashMap<>();
        add(value, fields);
        // Parquet has no struct without fields.
        yield fields.isEmpty() ? StringType.STRING : struct(fields);
      }
      case ARRAY -> {
        DataType element = null;
        for (JsonNode child : value) {
          element = common(element, type(child));
        }
        yield new ArrayType(Objects.requireNonNullElse(element, StringType.STRING), true);
      }
      default -> text(value.asText());
    };
  }

  private static DataType whole(JsonNode number) {
    return number.canConvertToLong() && number.isIntegralNumber()
        ? LongType.LONG
        : DoubleType.DOUBLE;
  }

  private DataType text(String text) {
    if (isMoment(text)) {
      return TimestampType.TIMESTAMP;
    }
    if (!untyped) {
      return StringType.STRING;
    }
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return BooleanType.BOOLEAN;
    }
    // A leading zero is the mark of an identifier, not of a number.
    if (text.matches("[+-]?(0|[1-9]\\d{0,17})")) {
      return LongType.LONG;
    }
    return text.matches("[+-]?\\d{1,300}(\\.\\d{1,300})?([eE][+-]?\\d{1,3})?")
            && !text.matches("[+-]?0\\d.*")
        ? DoubleType.DOUBLE
        : StringType.STRING;
  }

  private static boolean isMoment(String text) {
    if (text.length() < 17 || text.length() > 40 || text.indexOf('T') != 10) {
      return false;
    }
    try {
      OffsetDateTime.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static @Nullable DataType common(@Nullable DataType left, @Nullable DataType right) {
    if (left == null || right == null || left.equals(right)) {
      return left == null ? right : left;
    }
    if (isNumber(left) && isNumber(right)) {
      return DoubleType.DOUBLE;
    }
    if (left instanceof StructType a && right instanceof StructType b) {
      Map<String, @Nullable DataType> fields = new LinkedHashMap<>();
      for (Iterator<StructField> i = a.fields().iterator(); i.hasNext(); ) {
        StructField field = i.next();
        fields.put(field.getName(), field.getDataType());
      }
      for (StructField field : b.fields()) {
        fields.put(field.getName(), common(fields.get(field.getName()), field.getDataType()));
      }
      return struct(fields);
    }
    if (left instanceof ArrayType a && right instanceof ArrayType b) {
      DataType element = common(a.getElementType(), b.getElementType());
      return new ArrayType(Objects.requireNonNullElse(element, StringType.STRING), true);
    }
    return StringType.STRING;
  }

  private static boolean isNumber(DataType type) {
    return type instanceof LongType || type instanceof DoubleType;
  }
}
