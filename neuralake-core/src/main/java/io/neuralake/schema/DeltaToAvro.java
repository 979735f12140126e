package io.neuralake.schema;

import static io.neuralake.schema.Refusals.child;
import static io.neuralake.schema.Refusals.refuse;

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
import io.delta.kernel.types.VariantType;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** Table schemas to Avro schemas. */
final class DeltaToAvro {

  private DeltaToAvro() {}

  static Schema convert(StructType schema, String recordName) {
    return record(schema, recordName, "");
  }

  private static Schema record(StructType struct, String name, String path) {
    List<Schema.Field> fields = new ArrayList<>();
    for (StructField field : struct.fields()) {
      String fieldPath = child(path, field.getName());
      Schema type = type(field.getDataType(), name + "_" + field.getName(), fieldPath);
      try {
        fields.add(
            field.isNullable()
                ? new Schema.Field(field.getName(), nullable(type), null, JsonProperties.NULL_VALUE)
                : new Schema.Field(field.getName(), type, null, null));
      } catch (SchemaParseException e) {
        throw refuse(
            fieldPath,
            "Avro does not allow the name '" + field.getName() + "'",
            "select the column under a name of letters, digits and underscores, or read the rows"
                + " as maps, objects or Arrow");
      }
    }
    try {
      return Schema.createRecord(name, null, null, false, fields);
    } catch (SchemaParseException e) {
      throw refuse(
          path,
          "Avro does not allow the record name '" + name + "'",
          "give a name of letters, digits and underscores");
    }
  }

  private static Schema type(DataType type, String name, String path) {
    if (type instanceof StructType struct) {
      return record(struct, name, path);
    }
    if (type instanceof ArrayType array) {
      Schema element = type(array.getElementType(), name + "_element", child(path, "element"));
      return Schema.createArray(array.containsNull() ? nullable(element) : element);
    }
    if (type instanceof MapType map) {
      if (!(map.getKeyType() instanceof StringType)) {
        throw refuse(
            path,
            "Avro maps have string keys, this map has keys of " + map.getKeyType(),
            "read the rows as maps, objects or Arrow");
      }
      Schema value = type(map.getValueType(), name + "_value", child(path, "value"));
      return Schema.createMap(map.isValueContainsNull() ? nullable(value) : value);
    }
    if (type instanceof VariantType) {
      return record(DeltaToArrow.VARIANT, name, path);
    }
    return leaf(type, path);
  }

  private static Schema leaf(DataType type, String path) {
    if (type instanceof DecimalType d) {
      return LogicalTypes.decimal(d.getPrecision(), d.getScale())
          .addToSchema(Schema.create(Schema.Type.BYTES));
    } else if (type instanceof StringType) {
      return Schema.create(Schema.Type.STRING);
    } else if (type instanceof BinaryType) {
      return Schema.create(Schema.Type.BYTES);
    } else if (type instanceof BooleanType) {
      return Schema.create(Schema.Type.BOOLEAN);
    } else if (type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType) {
      return Schema.create(Schema.Type.INT);
    } else if (type instanceof LongType) {
      return Schema.create(Schema.Type.LONG);
    } else if (type instanceof FloatType) {
      return Schema.create(Schema.Type.FLOAT);
    } else if (type instanceof DoubleType) {
      return Schema.create(Schema.Type.DOUBLE);
    } else if (type instanceof DateType) {
      return LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
    } else if (type instanceof TimestampType) {
      return LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
    } else if (type instanceof TimestampNTZType) {
      return LogicalTypes.localTimestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
    }
    throw refuse(path, "type " + type + " has no Avro type", "leave the column out");
  }

  private static Schema nullable(Schema schema) {
    return Schema.createUnion(Schema.create(Schema.Type.NULL), schema);
  }
}
