package io.neuralake.internal.row;

import io.neuralake.internal.row.CellReader.Kind;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Readers of single values into the leaf types of Java properties. */
final class LeafForms {

  private LeafForms() {}

  /** A reader of cells; null if the type cannot hold them. */
  static @Nullable ColumnReader reader(Class<?> raw, CellReader cell, String property) {
    if (isNatural(raw, cell.kind)) {
      return cell::objects;
    }
    ObjectReader present = present(raw, cell, property);
    return present == null ? null : ColumnReader.of(cell, present);
  }

  /** Whether the nearest Java objects are of the type. */
  private static boolean isNatural(Class<?> raw, Kind kind) {
    return switch (kind) {
      case BOOLEAN -> raw == boolean.class || raw == Boolean.class;
      case INTEGER -> raw == int.class || raw == Integer.class;
      case LONG -> raw == long.class || raw == Long.class;
      case FLOAT -> raw == float.class || raw == Float.class;
      case DOUBLE -> raw == double.class || raw == Double.class;
      case DECIMAL -> raw == BigDecimal.class;
      case STRING -> raw == String.class || raw == CharSequence.class;
      case BINARY -> raw == byte[].class;
      case DATE -> raw == LocalDate.class;
      case TIMESTAMP -> raw == Instant.class;
      case TIMESTAMP_NTZ -> raw == LocalDateTime.class;
      case BYTE, SHORT, LIST, MAP, STRUCT -> false;
    };
  }

  private static @Nullable ObjectReader present(Class<?> raw, CellReader cell, String property) {
    return switch (cell.kind) {
      case BYTE, SHORT, INTEGER, LONG -> integer(raw, cell, property);
      case FLOAT, DOUBLE -> floatingReader(raw, cell, property);
      case DECIMAL -> decimal(raw, cell, property);
      case STRING -> string(raw, cell, property);
      case BINARY -> binary(raw, cell);
      case DATE -> date(raw, cell);
      case TIMESTAMP -> timestamp(raw, cell);
      case BOOLEAN, TIMESTAMP_NTZ, LIST, MAP, STRUCT -> null;
    };
  }

  private static @Nullable ObjectReader date(Class<?> raw, CellReader cell) {
    return raw == java.sql.Date.class
        ? row -> java.sql.Date.valueOf(LocalDate.ofEpochDay(cell.getLong(row)))
        : null;
  }

  private static @Nullable ObjectReader timestamp(Class<?> raw, CellReader cell) {
    return raw == java.sql.Timestamp.class
        ? row -> java.sql.Timestamp.from(CellReader.instant(cell.getLong(row)))
        : null;
  }

  /** The largest value of an integer type, primitive or boxed; 0 for other types. */
  private static long maxOf(Class<?> raw) {
    if (raw == byte.class || raw == Byte.class) {
      return Byte.MAX_VALUE;
    } else if (raw == short.class || raw == Short.class) {
      return Short.MAX_VALUE;
    } else if (raw == int.class || raw == Integer.class) {
      return Integer.MAX_VALUE;
    }
    return raw == long.class || raw == Long.class ? Long.MAX_VALUE : 0;
  }

  /** The cell as a whole number of at most {@code max}. */
  static long narrow(CellReader cell, int row, long max, String property) {
    long value = cell.getLong(row);
    if (value > max || value < -max - 1) {
      throw BadCell.of(
          cell.path, "value " + value + " is out of range of " + property + "; use a wider type");
    }
    return value;
  }

  /** The cell, a number, as a double, or as a float if {@code single}. */
  static double floating(CellReader cell, int row, boolean single, String property) {
    double value;
    if (cell.kind.isInteger()) {
      long whole = cell.getLong(row);
      value = whole;
      if ((long) value != whole || whole == Long.MAX_VALUE) {
        throw inexact(cell, whole, property);
      }
    } else {
      value = cell.getDouble(row);
    }
    if (single && Double.compare((float) value, value) != 0) {
      throw inexact(cell, value, property);
    }
    return value;
  }

  /** The loaded cells, none of which is null, as an array of long, double or boolean. */
  static Object primitives(Class<?> raw, CellReader cell, String property) {
    if (cell instanceof LeafCells.Booleans booleans) {
      return booleans.values();
    }
    long max = maxOf(raw);
    if (max > 0) {
      if (max < maxOf(cell.kind)) {
        for (int i = 0; i < cell.size(); i++) {
          if (!cell.isNull(i)) {
            narrow(cell, i, max, property);
          }
        }
      }
      return ((LeafCells.Longs) cell).values();
    }
    if (cell instanceof LeafCells.Doubles doubles
        && (cell.kind == Kind.FLOAT || raw == double.class)) {
      return doubles.values();
    }
    double[] values = new double[cell.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = cell.isNull(i) ? 0 : floating(cell, i, raw == float.class, property);
    }
    return values;
  }

  private static long maxOf(Kind kind) {
    return switch (kind) {
      case BYTE -> Byte.MAX_VALUE;
      case SHORT -> Short.MAX_VALUE;
      case INTEGER -> Integer.MAX_VALUE;
      default -> Long.MAX_VALUE;
    };
  }

  /** Part of an array that {@link #primitives} has made, as an array of the component type. */
  static Object copyOfRange(Object elements, int from, int to, Class<?> component) {
    if (component == long.class) {
      return Arrays.copyOfRange((long[]) elements, from, to);
    } else if (component == double.class) {
      return Arrays.copyOfRange((double[]) elements, from, to);
    } else if (component == boolean.class) {
      return Arrays.copyOfRange((boolean[]) elements, from, to);
    }
    Object values = Array.newInstance(component, to - from);
    for (int i = from; i < to; i++) {
      if (elements instanceof double[] doubles) {
        Array.setFloat(values, i - from, (float) doubles[i]);
      } else if (component == int.class) {
        ((int[]) values)[i - from] = (int) ((long[]) elements)[i];
      } else if (component == short.class) {
        ((short[]) values)[i - from] = (short) ((long[]) elements)[i];
      } else {
        ((byte[]) values)[i - from] = (byte) ((long[]) elements)[i];
      }
    }
    return values;
  }

  private static BadCell inexact(CellReader cell, Object value, String property) {
    return BadCell.of(
        cell.path, "value " + value + " is not exact in " + property + "; use a wider type");
  }

  private static @Nullable ObjectReader integer(Class<?> raw, CellReader cell, String property) {
    if (raw == float.class || raw == Float.class || raw == double.class || raw == Double.class) {
      return floatingReader(raw, cell, property);
    }
    if (raw == BigInteger.class) {
      return row -> BigInteger.valueOf(cell.getLong(row));
    }
    if (raw == BigDecimal.class) {
      return row -> BigDecimal.valueOf(cell.getLong(row));
    }
    long max = maxOf(raw);
    if (max == Byte.MAX_VALUE) {
      return row -> (byte) narrow(cell, row, max, property);
    } else if (max == Short.MAX_VALUE) {
      return row -> (short) narrow(cell, row, max, property);
    } else if (max == Integer.MAX_VALUE) {
      return row -> (int) narrow(cell, row, max, property);
    }
    return max == Long.MAX_VALUE ? cell::getLong : null;
  }

  private static @Nullable ObjectReader floatingReader(
      Class<?> raw, CellReader cell, String property) {
    if (raw == float.class || raw == Float.class) {
      return row -> (float) floating(cell, row, true, property);
    }
    return raw == double.class || raw == Double.class
        ? row -> floating(cell, row, false, property)
        : null;
  }

  private static @Nullable ObjectReader decimal(Class<?> raw, CellReader cell, String property) {
    if (raw != BigInteger.class) {
      return null;
    }
    return row -> {
      BigDecimal value = cell.getDecimal(row);
      try {
        return value.toBigIntegerExact();
      } catch (ArithmeticException e) {
        throw inexact(cell, value, property);
      }
    };
  }

  private static @Nullable ObjectReader string(Class<?> raw, CellReader cell, String property) {
    if (raw == UUID.class) {
      return row -> {
        String text = (String) cell.get(row);
        try {
          return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
          throw BadCell.of(cell.path, "\"" + text + "\" is no UUID, as " + property + " needs");
        }
      };
    }
    return raw.isEnum() ? constants(raw, cell, property) : null;
  }

  private static ObjectReader constants(Class<?> raw, CellReader cell, String property) {
    Map<String, Object> byName = new HashMap<>();
    for (Object constant : raw.getEnumConstants()) {
      byName.put(((Enum<?>) constant).name(), constant);
    }
    return row -> {
      String name = (String) cell.get(row);
      Object constant = byName.get(name);
      if (constant == null) {
        throw BadCell.of(
            cell.path,
            BadCell.describe(name) + " is no constant of " + raw.getName() + ", " + property);
      }
      return constant;
    };
  }

  private static @Nullable ObjectReader binary(Class<?> raw, CellReader cell) {
    return raw == ByteBuffer.class ? row -> ByteBuffer.wrap(cell.getBytes(row)) : null;
  }
}
