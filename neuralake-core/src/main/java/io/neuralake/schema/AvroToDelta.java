package io.neuralake.schema;

import static io.neuralake.schema.Refusals.child;
import static io.neuralake.schema.Refusals.refuse;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** Avro schemas to table schemas. */
final class AvroToDelta {
  private static final int MAX_PRECISION = 38;

  /** Full names of the records around the type at hand. */
  private final Deque<String> open = new ArrayDeque<>();

  private AvroToDelta() {}

  static StructType convert(Schema schema) {
    if (schema.getType() != Schema.Type.RECORD) {
      throw refuse("", "Avro type " + schema.getType() + " is no record", "give a record schema");
    }
    return new AvroToDelta().struct(schema, "");
  }

  private StructType struct(Schema record, String path) {
    if (open.contains(record.getFullName())) {
      throw refuse(
          path,
          "Avro record " + record.getFullName() + " contains itself",
          "a table has no recursive types: flatten it, or store it as a string");
    }
    open.push(record.getFullName());
    List<StructField> fields = new ArrayList<>();
    for (Schema.Field field : record.getFields()) {
      String fieldPath = child(path, field.name());
      fields.add(
          new StructField(
              field.name(), type(field.schema(), fieldPath), field.schema().isNullable()));
    }
    open.pop();
    return new StructType(fields);
  }

  private DataType type(Schema schema, String path) {
    return switch (schema.getType()) {
      case UNION -> type(member(schema, path), path);
      case RECORD -> struct(schema, path);
      case ARRAY ->
          new ArrayType(
              type(schema.getElementType(), child(path, "element")),
              schema.getElementType().isNullable());
      case MAP ->
          new MapType(
              StringType.STRING,
              type(schema.getValueType(), child(path, "value")),
              schema.getValueType().isNullable());
      case STRING, ENUM -> StringType.STRING;
      case BYTES, FIXED -> bytes(schema, path);
      case INT ->
          schema.getLogicalType() instanceof LogicalTypes.Date
              ? DateType.DATE
              : IntegerType.INTEGER;
      case LONG -> longType(schema.getLogicalType());
      case FLOAT -> FloatType.FLOAT;
      case DOUBLE -> DoubleType.DOUBLE;
      case BOOLEAN -> BooleanType.BOOLEAN;
      case NULL ->
          throw refuse(path, "Avro type null has no values", "drop the field, or give it a type");
    };
  }

  private static Schema member(Schema union, String path) {
    List<Schema> members =
        union.getTypes().stream().filter(s -> s.getType() != Schema.Type.NULL).toList();
    if (members.size() != 1) {
      throw refuse(
          path,
          "Avro union " + union + " is not one type, with or without null",
          "give the field one type");
    }
    return members.get(0);
  }

  private static DataType longType(LogicalType logical) {
    if (logical instanceof LogicalTypes.TimestampMillis
        || logical instanceof LogicalTypes.TimestampMicros
        || logical instanceof LogicalTypes.TimestampNanos) {
      return TimestampType.TIMESTAMP;
    }
    if (logical instanceof LogicalTypes.LocalTimestampMillis
        || logical instanceof LogicalTypes.LocalTimestampMicros
        || logical instanceof LogicalTypes.LocalTimestampNanos) {
      return TimestampNTZType.TIMESTAMP_NTZ;
    }
    return LongType.LONG;
  }

  private static DataType bytes(Schema schema, String path) {
    LogicalType logical = schema.getLogicalType();
    if (logical instanceof LogicalTypes.Decimal decimal) {
      if (decimal.getPrecision() > MAX_PRECISION) {
        throw refuse(
            path,
            "Avro decimal of precision " + decimal.getPrecision() + " has too many digits",
            "use at most " + MAX_PRECISION);
      }
      return new DecimalType(decimal.getPrecision(), decimal.getScale());
    }
    if (logical instanceof LogicalTypes.BigDecimal) {
      throw refuse(
          path,
          "Avro big-decimal has no fixed scale",
          "use the logical type decimal with precision and scale");
    }
    return logical instanceof LogicalTypes.Uuid ? StringType.STRING : BinaryType.BINARY;
  }
}
