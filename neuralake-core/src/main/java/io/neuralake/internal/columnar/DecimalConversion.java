package io.neuralake.internal.columnar;

import io.delta.kernel.types.DecimalType;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Decimals in any of Parquet's forms, and whole numbers that were widened to decimals. */
final class DecimalConversion implements LeafConversion {
  private static final int LONG_DIGITS = 18;

  private final PrimitiveTypeName physical;
  private final int fileScale;
  private final DecimalType table;
  private final boolean sameScale;
  private final long limit;

  private DecimalConversion(PrimitiveTypeName physical, int fileScale, DecimalType table) {
    this.physical = physical;
    this.fileScale = fileScale;
    this.table = table;
    this.sameScale = fileScale == table.getScale();
    this.limit =
        table.getPrecision() <= LONG_DIGITS
            ? BigInteger.TEN.pow(table.getPrecision()).longValueExact()
            : Long.MAX_VALUE;
  }

  static @Nullable LeafConversion of(PrimitiveType file, DecimalType table) {
    PrimitiveTypeName physical = file.getPrimitiveTypeName();
    boolean integer = physical == PrimitiveTypeName.INT32 || physical == PrimitiveTypeName.INT64;
    if (file.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal) {
      boolean known =
          integer
              || physical == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
              || physical == PrimitiveTypeName.BINARY;
      return known && decimal.getScale() <= table.getScale()
          ? new DecimalConversion(physical, decimal.getScale(), table)
          : null;
    }
    boolean plain =
        file.getLogicalTypeAnnotation() == null
            || (file.getLogicalTypeAnnotation() instanceof IntLogicalTypeAnnotation annotation
                && annotation.isSigned());
    return integer && plain ? new DecimalConversion(physical, 0, table) : null;
  }

  @Override
  public void fill(LeafBatch b, int[] index, int count, FieldVector vector) {
    DecimalVector target = (DecimalVector) vector;
    target.allocateNew(count);
    for (int i = 0; i < count; i++) {
      int p = index[i];
      if (p < 0) {
        continue;
      }
      switch (physical) {
        case INT32 -> set(target, i, b.ints[p]);
        case INT64 -> set(target, i, b.longs[p]);
        default -> setBytes(target, i, b.bytes, b.starts[p], b.lengths[p]);
      }
    }
  }

  private void setBytes(DecimalVector target, int i, byte[] bytes, int start, int length) {
    if (length == 0) {
      throw new CorruptPageException("a decimal has no bytes");
    }
    if (length <= Long.BYTES) {
      long unscaled = bytes[start];
      for (int k = 1; k < length; k++) {
        unscaled = unscaled << 8 | (bytes[start + k] & 0xff);
      }
      set(target, i, unscaled);
    } else {
      set(target, i, new BigInteger(bytes, start, length));
    }
  }

  private void set(DecimalVector target, int i, long unscaled) {
    if (sameScale && unscaled > -limit && unscaled < limit) {
      target.set(i, unscaled);
    } else {
      set(target, i, BigInteger.valueOf(unscaled));
    }
  }

  private void set(DecimalVector target, int i, BigInteger unscaled) {
    BigDecimal value = new BigDecimal(unscaled, fileScale).setScale(table.getScale());
    if (value.precision() > table.getPrecision()) {
      throw new CorruptPageException("a value has more digits than its column's type " + table);
    }
    target.set(i, value);
  }
}
