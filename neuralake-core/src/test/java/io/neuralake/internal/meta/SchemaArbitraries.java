package io.neuralake.internal.meta;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.delta.kernel.types.VariantType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Random schemas; the type of a column follows from its name, so that any two schemas merge. */
final class SchemaArbitraries {
  private SchemaArbitraries() {}

  static Arbitrary<StructType> schemas() {
    return Arbitraries.longs().map(seed -> struct(new Random(seed), 3, false));
  }

  /** Schemas whose common columns have the same types. */
  static Arbitrary<StructType> mergeable() {
    return Arbitraries.longs().map(seed -> struct(new Random(seed), 3, true));
  }

  static Supplier<UUID> uuids(long seed) {
    Random random = new Random(seed);
    return () -> new UUID(random.nextLong(), random.nextLong());
  }

  private static StructType struct(Random random, int depth, boolean byName) {
    List<StructField> fields = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      if (fields.isEmpty() || random.nextBoolean()) {
        Random types = byName ? new Random(i * 31L + depth) : random;
        String name = byName && random.nextInt(4) == 0 ? "C" + i : "c" + i;
        fields.add(
            new StructField(
                name, type(types, random, depth, byName), random.nextBoolean(), metadata(random)));
      }
    }
    return new StructType(fields);
  }

  private static DataType type(Random kind, Random random, int depth, boolean byName) {
    int choice = kind.nextInt(depth > 0 ? 20 : 14);
    return switch (choice) {
      case 0 -> BooleanType.BOOLEAN;
      case 1 -> ByteType.BYTE;
      case 2 -> ShortType.SHORT;
      case 3 -> IntegerType.INTEGER;
      case 4 -> LongType.LONG;
      case 5 -> FloatType.FLOAT;
      case 6 -> DoubleType.DOUBLE;
      case 7 -> StringType.STRING;
      case 8 -> BinaryType.BINARY;
      case 9 -> DateType.DATE;
      case 10 -> TimestampType.TIMESTAMP;
      case 11 -> TimestampNTZType.TIMESTAMP_NTZ;
      case 12 -> VariantType.VARIANT;
      case 13 -> new DecimalType(1 + kind.nextInt(38), 0);
      case 14, 15 -> new ArrayType(type(kind, random, depth - 1, byName), random.nextBoolean());
      case 16 ->
          new MapType(
              StringType.STRING, type(kind, random, depth - 1, byName), random.nextBoolean());
      default -> struct(random, depth - 1, byName);
    };
  }

  private static FieldMetadata metadata(Random random) {
    FieldMetadata.Builder into = FieldMetadata.builder();
    if (random.nextInt(3) == 0) {
      into.putString("comment", "täxt \"" + random.nextInt() + "\"\n");
      into.putLong("a.long", random.nextLong());
      into.putDouble("a.double", random.nextDouble());
      into.putBoolean("a.flag", random.nextBoolean());
      into.putNull("nothing");
      into.putLongArray("longs", new Long[] {1L, random.nextLong()});
      into.putStringArray("strings", new String[] {"x", ""});
      into.putBooleanArray("flags", new Boolean[] {true, false});
      into.putDoubleArray("doubles", new Double[] {0.5, -1e300});
      into.putFieldMetadata("nested", FieldMetadata.builder().putLong("deep", 1).build());
      into.putFieldMetadataArray(
          "list", new FieldMetadata[] {FieldMetadata.builder().putString("k", "v").build()});
    }
    return into.build();
  }
}
