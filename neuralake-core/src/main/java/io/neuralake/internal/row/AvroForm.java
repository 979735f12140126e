package io.neuralake.internal.row;

import static io.neuralake.internal.row.ColumnNames.child;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  public ColumnReader bind(CellReader cell) {
    ColumnReader objects = converted(cell, raw(cell));
    if (nullable) {
      return objects;
    }
    return () -> {
      if (cell.anyNull()) {
        throw BadCell.of(
            cell.path,
            "null cannot be put into an Avro field of type "
                + schema.getType()
                + "; make the field a union with null, or filter the nulls out");
      }
      return objects.read();
    };
  }

  private ColumnReader converted(CellReader cell, ColumnReader raw) {
    Conversion<?> by = conversion;
    LogicalType logical = schema.getLogicalType();
    if (by == null || logical == null) {
      return raw;
    }
    return () -> {
      @Nullable Object[] objects = raw.read();
      return ColumnReader.of(
              cell, i -> Conversions.convertToLogicalType(objects[i], schema, logical, by))
          .read();
    };
  }

  private ColumnReader raw(CellReader cell) {
    ColumnReader reader =
        switch (schema.getType()) {
          case RECORD -> cell instanceof NestedCells.Structs structs ? record(structs) : null;
          case ARRAY -> cell instanceof NestedCells.Lists lists ? array(lists) : null;
          case MAP -> cell instanceof NestedCells.Maps maps ? map(maps) : null;
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

  private ColumnReader record(NestedCells.Structs structs) {
    List<Schema.Field> fields = schema.getFields();
    Object sample = model.newRecord(null, schema);
    ColumnReader[] readers = new ColumnReader[fields.size()];
    for (Schema.Field field : fields) {
      Conversion<?> ofField =
          sample instanceof SpecificRecordBase base ? base.getConversion(field.pos()) : null;
      int column = ColumnNames.find(structs.names, field.name());
      readers[field.pos()] =
          column < 0
              ? missing(structs, field)
              : new AvroForm(field.schema(), model, ofField).bind(structs.children.get(column));
    }
    return () -> {
      @Nullable Object[][] columns = new @Nullable Object[readers.length][];
      for (int field = 0; field < readers.length; field++) {
        columns[field] = readers[field].read();
      }
      ObjectReader present =
          i -> {
            IndexedRecord record = (IndexedRecord) model.newRecord(null, schema);
            for (int field = 0; field < columns.length; field++) {
              record.put(field, columns[field][i]);
            }
            return record;
          };
      return ColumnReader.of(structs, present).read();
    };
  }

  private ColumnReader missing(NestedCells.Structs structs, Schema.Field field) {
    if (field.hasDefaultValue()) {
      return ColumnReader.of(structs, i -> model.getDefaultValue(field));
    }
    if (field.schema().isNullable()) {
      return () -> new @Nullable Object[structs.size()];
    }
    throw BadCell.of(
        child(structs.path, field.name()),
        "there is no such column, but the Avro field has no default and cannot be null; select"
            + " the column, or give the field a default");
  }

  private ColumnReader array(NestedCells.Lists lists) {
    return ColumnReader.lists(
        lists,
        new AvroForm(schema.getElementType(), model).bind(lists.element),
        (elements, from, to) -> new ArrayList<>(Arrays.asList(elements).subList(from, to)));
  }

  private @Nullable ColumnReader map(NestedCells.Maps maps) {
    if (maps.key.kind != CellReader.Kind.STRING) {
      return null;
    }
    Schema keySchema = Schema.create(Schema.Type.STRING);
    String javaString = schema.getProp(GenericData.STRING_PROP);
    if (javaString != null) {
      keySchema.addProp(GenericData.STRING_PROP, javaString);
    }
    return ColumnReader.maps(
        maps,
        new AvroForm(keySchema, model).bind(maps.key),
        new AvroForm(schema.getValueType(), model).bind(maps.value));
  }
}
