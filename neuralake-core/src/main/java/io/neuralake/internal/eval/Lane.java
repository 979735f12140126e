package io.neuralake.internal.eval;

import io.neuralake.expr.Binary;
import java.math.BigDecimal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values of one expression for the rows of a batch, in plain arrays. A constant lane has arrays
 * of length one that stand for every row. Confined to one evaluation.
 */
abstract sealed class Lane {
  private final boolean constant;
  private final boolean @Nullable [] nulls;

  private Lane(boolean constant, boolean @Nullable [] nulls) {
    this.constant = constant;
    this.nulls = nulls;
  }

  final boolean isConstant() {
    return constant;
  }

  /** Which positions are null, or null if none is. */
  final boolean @Nullable [] nulls() {
    return nulls;
  }

  /** The position of a row in the arrays. */
  final int at(int row) {
    return constant ? 0 : row;
  }

  final boolean isNull(int row) {
    return nulls != null && nulls[at(row)];
  }

  /** The value of a row as {@link Kind} says, or null. */
  final @Nullable Object get(int row) {
    return isNull(row) ? null : boxed(at(row));
  }

  abstract Object boxed(int position);

  /** Makes a lane of held values. */
  static Lane of(Kind kind, @Nullable Object[] values, boolean constant) {
    int size = values.length;
    boolean[] nulls = new boolean[size];
    boolean anyNull = false;
    for (int i = 0; i < size; i++) {
      nulls[i] = values[i] == null;
      anyNull |= nulls[i];
    }
    boolean[] present = anyNull ? nulls : null;
    switch (kind) {
      case BOOL -> {
        boolean[] out = new boolean[size];
        for (int i = 0; i < size; i++) {
          out[i] = values[i] != null && (Boolean) values[i];
        }
        return new Bools(out, present, constant);
      }
      case LONG -> {
        long[] out = new long[size];
        for (int i = 0; i < size; i++) {
          out[i] = values[i] == null ? 0 : (Long) values[i];
        }
        return new Longs(out, present, constant);
      }
      case DOUBLE -> {
        double[] out = new double[size];
        for (int i = 0; i < size; i++) {
          out[i] = values[i] == null ? 0 : (Double) values[i];
        }
        return new Doubles(out, present, constant);
      }
      case DECIMAL -> {
        BigDecimal[] out = new BigDecimal[size];
        for (int i = 0; i < size; i++) {
          out[i] = values[i] == null ? BigDecimal.ZERO : (BigDecimal) values[i];
        }
        return new Decimals(out, present, constant);
      }
      case BYTES -> {
        return Bytes.of(values, present, constant);
      }
      default -> {
        return new Opaque(present, constant);
      }
    }
  }

  /** Booleans. */
  static final class Bools extends Lane {
    final boolean[] values;

    Bools(boolean[] values, boolean @Nullable [] nulls, boolean constant) {
      super(constant, nulls);
      this.values = values;
    }

    @Override
    Object boxed(int position) {
      return values[position];
    }
  }

  /** Integers, days, microseconds. */
  static final class Longs extends Lane {
    final long[] values;

    Longs(long[] values, boolean @Nullable [] nulls, boolean constant) {
      super(constant, nulls);
      this.values = values;
    }

    @Override
    Object boxed(int position) {
      return values[position];
    }
  }

  /** Floats and doubles. */
  static final class Doubles extends Lane {
    final double[] values;

    Doubles(double[] values, boolean @Nullable [] nulls, boolean constant) {
      super(constant, nulls);
      this.values = values;
    }

    @Override
    Object boxed(int position) {
      return values[position];
    }
  }

  /** Decimals. */
  static final class Decimals extends Lane {
    final BigDecimal[] values;

    Decimals(BigDecimal[] values, boolean @Nullable [] nulls, boolean constant) {
      super(constant, nulls);
      this.values = values;
    }

    @Override
    Object boxed(int position) {
      return values[position];
    }
  }

  /** Strings in UTF-8 and binaries, as slices of one array. */
  static final class Bytes extends Lane {
    final byte[] data;

    /** Where each value starts; one more entry than values, so that each ends at the next. */
    final int[] offsets;

    Bytes(byte[] data, int[] offsets, boolean @Nullable [] nulls, boolean constant) {
      super(constant, nulls);
      this.data = data;
      this.offsets = offsets;
    }

    static Bytes of(@Nullable Object[] values, boolean @Nullable [] nulls, boolean constant) {
      int[] offsets = new int[values.length + 1];
      for (int i = 0; i < values.length; i++) {
        int length = values[i] == null ? 0 : ((Binary) values[i]).length();
        offsets[i + 1] = Math.addExact(offsets[i], length);
      }
      byte[] data = new byte[offsets[values.length]];
      for (int i = 0; i < values.length; i++) {
        if (values[i] != null) {
          byte[] bytes = ((Binary) values[i]).toByteArray();
          System.arraycopy(bytes, 0, data, offsets[i], bytes.length);
        }
      }
      return new Bytes(data, offsets, nulls, constant);
    }

    @Override
    Object boxed(int position) {
      return Binary.of(Arrays.copyOfRange(data, offsets[position], offsets[position + 1]));
    }
  }

  /** Values of nested types, of which only the nulls are known. */
  static final class Opaque extends Lane {
    Opaque(boolean @Nullable [] nulls, boolean constant) {
      super(constant, nulls);
    }

    @Override
    Object boxed(int position) {
      return true;
    }
  }
}
