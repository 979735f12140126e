package io.neuralake.it.golden;

import io.delta.kernel.types.ArrayType;
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
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * The rows of Parquet files by parquet-java's record reader, which shares no decoding with
 * neuralake, as the Java values that {@code Scan.maps()} promises.
 */
final class ParquetRows {

  private static final long JULIAN_DAY_OF_EPOCH = 2_440_588;

  private ParquetRows() {}

  /** The rows of all files in a folder, with these columns; one that a file lacks is null. */
  static void inFolder(Path folder, StructType schema, Consumer<Map<String, Object>> rows) {
    List<Path> files;
    try (Stream<Path> found = Files.list(folder)) {
      files = found.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.forEach(file -> inFile(file, schema, rows));
  }

  /** The rows of one file. */
  static void inFile(Path file, StructType schema, Consumer<Map<String, Object>> rows) {
    try (ParquetReader<Group> reader = new GroupReader(new LocalInputFile(file)).build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        rows.accept(struct(row, schema));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class GroupReader extends ParquetReader.Builder<Group> {
    GroupReader(InputFile file) {
      super(file);
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }

  private static Map<String, Object> struct(Group group, StructType schema) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (StructField field : schema.fields()) {
      values.put(
          field.getName(),
          group.getType().containsField(field.getName())
              ? optional(group, group.getType().getFieldIndex(field.getName()), field.getDataType())
              : null);
    }
    return values;
  }

  private static Object optional(Group group, int field, DataType type) {
    return group.getFieldRepetitionCount(field) == 0 ? null : value(group, field, type);
  }

  private static Object value(Group group, int field, DataType type) {
    if (type instanceof StructType struct) {
      return struct(group.getGroup(field, 0), struct);
    }
    if (type instanceof ArrayType array) {
      Group list = group.getGroup(field, 0);
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
        values.add(optional(list.getGroup(0, i), 0, array.getElementType()));
      }
      return values;
    }
    if (type instanceof MapType map) {
      Group entries = group.getGroup(field, 0);
      Map<Object, Object> values = new LinkedHashMap<>();
      for (int i = 0; i < entries.getFieldRepetitionCount(0); i++) {
        Group entry = entries.getGroup(0, i);
        values.put(optional(entry, 0, map.getKeyType()), optional(entry, 1, map.getValueType()));
      }
      return values;
    }
    return leaf(group, field, type);
  }

  private static Object leaf(Group group, int field, DataType type) {
    if (type instanceof BooleanType) {
      return group.getBoolean(field, 0);
    } else if (type instanceof ByteType) {
      return (byte) group.getInteger(field, 0);
    } else if (type instanceof ShortType) {
      return (short) group.getInteger(field, 0);
    } else if (type instanceof IntegerType) {
      return group.getInteger(field, 0);
    } else if (type instanceof LongType) {
      return group.getLong(field, 0);
    } else if (type instanceof FloatType) {
      return group.getFloat(field, 0);
    } else if (type instanceof DoubleType) {
      return group.getDouble(field, 0);
    } else if (type instanceof StringType) {
      return group.getBinary(field, 0).toStringUsingUTF8();
    } else if (type instanceof BinaryType) {
      return group.getBinary(field, 0).getBytes();
    } else if (type instanceof DateType) {
      return LocalDate.ofEpochDay(group.getInteger(field, 0));
    } else if (type instanceof DecimalType decimal) {
      return decimal(group, field).setScale(decimal.getScale(), RoundingMode.UNNECESSARY);
    } else if (type instanceof TimestampType) {
      return instant(group, field);
    } else if (type instanceof TimestampNTZType) {
      return LocalDateTime.ofInstant(instant(group, field), ZoneOffset.UTC);
    }
    throw new IllegalArgumentException("No reading of " + type);
  }

  private static BigDecimal decimal(Group group, int field) {
    PrimitiveType type = group.getType().getType(field).asPrimitiveType();
    int scale = ((DecimalLogicalTypeAnnotation) type.getLogicalTypeAnnotation()).getScale();
    BigInteger unscaled =
        switch (type.getPrimitiveTypeName()) {
          case INT32 -> BigInteger.valueOf(group.getInteger(field, 0));
          case INT64 -> BigInteger.valueOf(group.getLong(field, 0));
          default -> new BigInteger(group.getBinary(field, 0).getBytes());
        };
    return new BigDecimal(unscaled, scale);
  }

  private static Instant instant(Group group, int field) {
    PrimitiveType type = group.getType().getType(field).asPrimitiveType();
    if (type.getPrimitiveTypeName() == PrimitiveTypeName.INT96) {
      ByteBuffer parts =
          ByteBuffer.wrap(group.getInt96(field, 0).getBytes()).order(ByteOrder.LITTLE_ENDIAN);
      long nanosOfDay = parts.getLong();
      long day = parts.getInt() - JULIAN_DAY_OF_EPOCH;
      return Instant.EPOCH
          .plus(day, ChronoUnit.DAYS)
          .plusNanos(nanosOfDay)
          .truncatedTo(ChronoUnit.MICROS);
    }
    long value = group.getLong(field, 0);
    return switch (((TimestampLogicalTypeAnnotation) type.getLogicalTypeAnnotation()).getUnit()) {
      case MILLIS -> Instant.EPOCH.plus(value, ChronoUnit.MILLIS);
      case MICROS -> Instant.EPOCH.plus(value, ChronoUnit.MICROS);
      case NANOS -> Instant.EPOCH.plusNanos(value).truncatedTo(ChronoUnit.MICROS);
    };
  }
}
