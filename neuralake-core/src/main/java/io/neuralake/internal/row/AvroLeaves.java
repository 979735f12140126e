package io.neuralake.internal.row;

import io.neuralake.internal.row.CellReader.Kind;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** Readers of single values into Avro's bare forms: numbers, Utf8 or String, ByteBuffer, fixed. */
final class AvroLeaves {

  private static final Repeats.Maker UTF8 =
      (bytes, from, length) -> new Utf8(Arrays.copyOfRange(bytes, from, from + length));

  private AvroLeaves() {}

  /** A reader of cells; null if the schema cannot hold them. */
  static @Nullable ColumnReader reader(Schema schema, GenericData model, CellReader cell) {
    if (isNatural(schema, cell.kind)) {
      return cell::objects;
    } else if (schema.getType() == Schema.Type.STRING && cell.kind == Kind.STRING) {
      return cell.made(UTF8);
    }
    ObjectReader present = present(schema, model, cell);
    return present == null ? null : ColumnReader.of(cell, present);
  }

  /** Whether the nearest Java objects are what Avro wants. */
  private static boolean isNatural(Schema schema, Kind kind) {
    return switch (schema.getType()) {
      case BOOLEAN -> kind == Kind.BOOLEAN;
      case INT -> kind == Kind.INTEGER && !(schema.getLogicalType() instanceof LogicalTypes.Date);
      case FLOAT -> kind == Kind.FLOAT;
      case DOUBLE -> kind == Kind.DOUBLE;
      case STRING ->
          kind == Kind.STRING
              && GenericData.StringType.String.name()
                  .equals(schema.getProp(GenericData.STRING_PROP));
      default -> false;
    };
  }

  private static @Nullable ObjectReader present(Schema schema, GenericData model, CellReader cell) {
    return switch (schema.getType()) {
      case INT -> integer(schema, cell);
      case LONG -> longs(schema, cell);
      case FLOAT, DOUBLE -> floating(schema, cell);
      case ENUM -> cell.kind == Kind.STRING ? symbols(schema, model, cell) : null;
      case BYTES -> bytes(schema, cell);
      case FIXED -> fixed(schema, model, cell);
      default -> null;
    };
  }

  private static String field(Schema schema) {
    return "an Avro field of type " + schema.getType();
  }

  private static @Nullable ObjectReader integer(Schema schema, CellReader cell) {
    boolean date = schema.getLogicalType() instanceof LogicalTypes.Date;
    if (date ? cell.kind != Kind.DATE : !cell.kind.isInteger()) {
      return null;
    }
    String field = field(schema);
    return row -> (int) LeafForms.narrow(cell, row, Integer.MAX_VALUE, field);
  }

  private static @Nullable ObjectReader longs(Schema schema, CellReader cell) {
    LogicalType logical = schema.getLogicalType();
    if (logical instanceof LogicalTypes.TimestampMicros) {
      return cell.kind == Kind.TIMESTAMP ? cell::getLong : null;
    } else if (logical instanceof LogicalTypes.LocalTimestampMicros) {
      return cell.kind == Kind.TIMESTAMP_NTZ ? cell::getLong : null;
    } else if (logical instanceof LogicalTypes.TimestampMillis) {
      return cell.kind == Kind.TIMESTAMP ? millis(cell) : null;
    } else if (logical instanceof LogicalTypes.LocalTimestampMillis) {
      return cell.kind == Kind.TIMESTAMP_NTZ ? millis(cell) : null;
    } else if (logical instanceof LogicalTypes.TimestampNanos) {
      return cell.kind == Kind.TIMESTAMP ? nanos(cell) : null;
    } else if (logical instanceof LogicalTypes.LocalTimestampNanos) {
      return cell.kind == Kind.TIMESTAMP_NTZ ? nanos(cell) : null;
    }
    return cell.kind.isInteger() ? cell::getLong : null;
  }

  private static ObjectReader millis(CellReader cell) {
    return row -> Math.floorDiv(cell.getLong(row), 1000L);
  }

  private static ObjectReader nanos(CellReader cell) {
    return row -> {
      try {
        return Math.multiplyExact(cell.getLong(row), 1000L);
      } catch (ArithmeticException e) {
        throw BadCell.of(
            cell.path, CellReader.instant(cell.getLong(row)) + " is out of range in nanoseconds");
      }
    };
  }

  private static @Nullable ObjectReader floating(Schema schema, CellReader cell) {
    if (!cell.kind.isFloating() && !cell.kind.isInteger()) {
      return null;
    }
    String field = field(schema);
    return schema.getType() == Schema.Type.FLOAT
        ? row -> (float) LeafForms.floating(cell, row, true, field)
        : row -> LeafForms.floating(cell, row, false, field);
  }

  private static ObjectReader symbols(Schema schema, GenericData model, CellReader cell) {
    Map<String, Object> symbols = new HashMap<>();
    for (String symbol : schema.getEnumSymbols()) {
      symbols.put(symbol, model.createEnum(symbol, schema));
    }
    return row -> {
      Object symbol = symbols.get((String) cell.get(row));
      if (symbol == null) {
        throw BadCell.of(
            cell.path,
            BadCell.describe(cell.get(row)) + " is no symbol of Avro enum " + schema.getFullName());
      }
      return symbol;
    };
  }

  private static @Nullable ObjectReader bytes(Schema schema, CellReader cell) {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      return cell.kind == Kind.DECIMAL
          ? row -> ByteBuffer.wrap(unscaled(decimal, cell, row))
          : null;
    }
    return cell.kind == Kind.BINARY ? row -> ByteBuffer.wrap(cell.getBytes(row)) : null;
  }

  private static @Nullable ObjectReader fixed(Schema schema, GenericData model, CellReader cell) {
    int size = schema.getFixedSize();
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      return cell.kind == Kind.DECIMAL
          ? row -> {
            byte[] unscaled = unscaled(decimal, cell, row);
            return model.createFixed(null, padded(unscaled, size, cell), schema);
          }
          : null;
    } else if (schema.getLogicalType() instanceof LogicalTypes.Uuid) {
      return cell.kind == Kind.STRING
          ? row -> model.createFixed(null, uuid(cell, row), schema)
          : null;
    }
    return cell.kind == Kind.BINARY
        ? row -> {
          byte[] bytes = cell.getBytes(row);
          if (bytes.length != size) {
            throw BadCell.of(
                cell.path, bytes.length + " bytes do not fill an Avro fixed of " + size);
          }
          return model.createFixed(null, bytes, schema);
        }
        : null;
  }

  private static byte[] unscaled(LogicalTypes.Decimal type, CellReader cell, int row) {
    BigDecimal value = cell.getDecimal(row);
    try {
      BigDecimal scaled = value.setScale(type.getScale());
      if (scaled.precision() <= type.getPrecision()) {
        return scaled.unscaledValue().toByteArray();
      }
    } catch (ArithmeticException e) {
      // Reported below, with the precision's misfit.
    }
    throw BadCell.of(
        cell.path,
        value
            + " does not fit an Avro decimal("
            + type.getPrecision()
            + ","
            + type.getScale()
            + ")");
  }

  /** Two's complement, big-endian, at the width of the fixed. */
  private static byte[] padded(byte[] unscaled, int size, CellReader cell) {
    if (unscaled.length > size) {
      throw BadCell.of(cell.path, "the decimal does not fit an Avro fixed of " + size + " bytes");
    }
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) (unscaled[0] < 0 ? -1 : 0));
    System.arraycopy(unscaled, 0, bytes, size - unscaled.length, unscaled.length);
    return bytes;
  }

  private static byte[] uuid(CellReader cell, int row) {
    String text = (String) cell.get(row);
    try {
      UUID uuid = UUID.fromString(text);
      return ByteBuffer.allocate(2 * Long.BYTES)
          .putLong(uuid.getMostSignificantBits())
          .putLong(uuid.getLeastSignificantBits())
          .array();
    } catch (IllegalArgumentException e) {
      throw BadCell.of(cell.path, BadCell.describe(text) + " is no UUID");
    }
  }
}
