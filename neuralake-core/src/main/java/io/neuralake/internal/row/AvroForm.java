package io.neuralake.internal.row;

import static io.neuralake.internal.row.ColumnNames.child;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Conversion;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;

/**
 * Values in Avro's in-memory forms: those of a generic or specific data model, with its conversions
 * for logical types.
 */
final class AvroForm implements RowForm {
  private final Schema schema;
  private final boolean nullable;
  private final GenericData model;
  private final @Nullable Conversion<?> conversion;

  AvroForm(Schema schema, GenericData model) {
    this(schema, model, null);
  }

  private AvroForm(Schema schema, GenericData model, @Nullable Conversion<?> ofField) {
    this.schema = AvroShape.withoutNull(schema);
    this.nullable = schema.isNullable();
    this.model = model;
    LogicalType logical = this.schema.getLogicalType();
    this.conversion =
        ofField != null || logical == null ? ofField : model.getConversionFor(logical);
  }

  @Override
  public ObjectReader bind(CellReader cell) {
    ObjectReader present = converted(raw(cell));
    if (nullable) {
      return row -> cell.isNull(row) ? null : present.read(row);
    }
    return row -> {
      if (cell.isNull(row)) {
        throw BadCell.of(
            cell.path,
            "null cannot be put into an Avro field of type "
                + schema.getType()
                + "; make the field a union with null, or filter the nulls out");
      }
      return present.read(row);
    };
  }

  private ObjectReader converted(ObjectReader raw) {
    Conversion<?> by = conversion;
    LogicalType logical = schema.getLogicalType();
    if (by == null || logical == null) {
      return raw;
    }
    return row -> Conversions.convertToLogicalType(raw.read(row), schema, logical, by);
  }

  private ObjectReader raw(CellReader cell) {
    ObjectReader reader =
        switch (schema.getType()) {
          case RECORD -> cell instanceof CellReader.Structs structs ? record(structs) : null;
          case ARRAY -> cell instanceof CellReader.Lists lists ? array(lists) : null;
          case MAP -> cell instanceof CellReader.Maps maps ? map(maps) : null;
          default -> AvroLeaves.reader(schema, model, cell);
        };
    if (reader == null) {
      throw BadCell.of(
          cell.path,
          "the column is "
              + cell.kind.typeName()
              + ", it cannot be read into Avro type "
              + schema
              + "; change the field's type");
    }
    return reader;
  }

  private ObjectReader record(CellReader.Structs structs) {
    List<Schema.Field> fields = schema.getFields();
    Object sample = model.newRecord(null, schema);
    ObjectReader[] readers = new ObjectReader[fields.size()];
    for (Schema.Field field : fields) {
      Conversion<?> ofField =
          sample instanceof SpecificRecordBase base ? base.getConversion(field.pos()) : null;
      int column = ColumnNames.find(structs.names, field.name());
      readers[field.pos()] =
          column < 0
              ? missing(structs.path, field)
              : new AvroForm(field.schema(), model, ofField).bind(structs.children.get(column));
    }
    return row -> {
      IndexedRecord record = (IndexedRecord) model.newRecord(null, schema);
      for (int i = 0; i < readers.length; i++) {
        record.put(i, readers[i].read(row));
      }
      return record;
    };
  }

  private ObjectReader missing(String path, Schema.Field field) {
    if (field.hasDefaultValue()) {
      return row -> model.getDefaultValue(field);
    }
    if (field.schema().isNullable()) {
      return row -> null;
    }
    throw BadCell.of(
        child(path, field.name()),
        "there is no such column, but the Avro field has no default and cannot be null; select"
            + " the column, or give the field a default");
  }

  private ObjectReader array(CellReader.Lists lists) {
    ObjectReader element = new AvroForm(schema.getElementType(), model).bind(lists.element);
    return row -> {
      int start = lists.start(row);
      int end = lists.end(row);
      List<@Nullable Object> values = new ArrayList<>(end - start);
      for (int i = start; i < end; i++) {
        values.add(element.read(i));
      }
      return values;
    };
  }

  private @Nullable ObjectReader map(CellReader.Maps maps) {
    if (maps.key.kind != CellReader.Kind.STRING) {
      return null;
    }
    Schema keySchema = Schema.create(Schema.Type.STRING);
    String javaString = schema.getProp(GenericData.STRING_PROP);
    if (javaString != null) {
      keySchema.addProp(GenericData.STRING_PROP, javaString);
    }
    ObjectReader key = new AvroForm(keySchema, model).bind(maps.key);
    ObjectReader value = new AvroForm(schema.getValueType(), model).bind(maps.value);
    return row -> {
      Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
      int end = maps.end(row);
      for (int i = maps.start(row); i < end; i++) {
        entries.put(key.read(i), value.read(i));
      }
      return entries;
    };
  }
}
