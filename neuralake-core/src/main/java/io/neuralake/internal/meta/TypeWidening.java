package io.neuralake.internal.meta;

import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.TimestampNTZType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Type changes that keep all values (Delta protocol, section "Type Widening"). */
public final class TypeWidening {
  static final String METADATA_KEY = "delta.typeChanges";
  private static final int INT_DIGITS = 10;
  private static final int LONG_DIGITS = 20;

  private TypeWidening() {}

  /**
   * Whether the Delta protocol lets a column change from one type to the other. Values of the first
   * type can then be written into a column of the second type without loss. A type does not widen
   * to itself.
   */
  public static boolean isSupported(DataType from, DataType to) {
    int rank = integerRank(from);
    if (rank > 0 && integerRank(to) > 0) {
      return rank < integerRank(to);
    }
    if (to instanceof DoubleType) {
      return from instanceof FloatType || (rank > 0 && !(from instanceof LongType));
    }
    if (to instanceof TimestampNTZType) {
      return from instanceof DateType;
    }
    if (!(to instanceof DecimalType decimal)) {
      return false;
    }
    if (rank > 0) {
      int digits = from instanceof LongType ? LONG_DIGITS : INT_DIGITS;
      return decimal.getPrecision() - digits >= decimal.getScale();
    }
    return from instanceof DecimalType narrow
        && !narrow.equals(decimal)
        && decimal.getScale() >= narrow.getScale()
        && decimal.getPrecision() - narrow.getPrecision() >= decimal.getScale() - narrow.getScale();
  }

  /**
   * Whether a write may widen a column on its own. Whole numbers do not turn into doubles or
   * decimals this way, as one odd batch would change the table for good; Delta Spark draws the same
   * line.
   */
  static boolean isSupportedOnWrite(DataType from, DataType to) {
    boolean changesKind =
        integerRank(from) > 0 && (to instanceof DoubleType || to instanceof DecimalType);
    return !changesKind && isSupported(from, to);
  }

  private static int integerRank(DataType type) {
    if (type instanceof ByteType) {
      return 1;
    }
    if (type instanceof ShortType) {
      return 2;
    }
    if (type instanceof IntegerType) {
      return 3;
    }
    return type instanceof LongType ? 4 : 0;
  }

  /** Whether the field records type changes. */
  static boolean hasChanges(StructField field) {
    return field.getMetadata().contains(METADATA_KEY);
  }

  /**
   * One entry of {@code delta.typeChanges}.
   *
   * @param fieldPath the path within the field through arrays and maps; the root for the field
   *     itself
   */
  static FieldMetadata change(DataType from, DataType to, ColumnPath fieldPath) {
    FieldMetadata.Builder entry =
        FieldMetadata.builder()
            .putString("fromType", TypeNames.of(from))
            .putString("toType", TypeNames.of(to));
    if (!fieldPath.isRoot()) {
      entry.putString("fieldPath", String.join(".", fieldPath.parts()));
    }
    return entry.build();
  }

  /** The field with changes added to those that it records, newest last. */
  static StructField record(StructField field, List<FieldMetadata> changes) {
    if (changes.isEmpty()) {
      return field;
    }
    List<FieldMetadata> all = new ArrayList<>();
    if (field.getMetadata().get(METADATA_KEY) instanceof FieldMetadata[] earlier) {
      all.addAll(Arrays.asList(earlier));
    }
    all.addAll(changes);
    return field.withNewMetadata(
        FieldMetadata.builder()
            .fromMetadata(field.getMetadata())
            .putFieldMetadataArray(METADATA_KEY, all.toArray(FieldMetadata[]::new))
            .build());
  }
}
