package io.neuralake.internal.row;

import io.delta.kernel.types.StructType;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** Values in Avro's in-memory forms, generic or specific. */
final class AvroShape implements SourceShape {
  private final Schema schema;

  AvroShape(Schema schema) {
    this.schema = withoutNull(schema);
  }

  /** The one type of a union with null; other schemas as they are. */
  static Schema withoutNull(Schema schema) {
    if (!schema.isUnion()) {
      return schema;
    }
    return schema.getTypes().stream()
        .filter(s -> s.getType() != Schema.Type.NULL)
        .findFirst()
        .orElse(schema);
  }

  @Override
  public SourceHints hints() {
    LogicalType logical = schema.getLogicalType();
    if (logical instanceof LogicalTypes.Decimal decimal) {
      return new SourceHints(null, decimal.getScale(), false);
    } else if (logical instanceof LogicalTypes.Uuid) {
      return new SourceHints(null, -1, true);
    } else if (logical instanceof LogicalTypes.Date) {
      return SourceHints.epoch(ChronoUnit.DAYS);
    } else if (logical instanceof LogicalTypes.TimestampMillis
        || logical instanceof LogicalTypes.LocalTimestampMillis) {
      return SourceHints.epoch(ChronoUnit.MILLIS);
    } else if (logical instanceof LogicalTypes.TimestampMicros
        || logical instanceof LogicalTypes.LocalTimestampMicros) {
      return SourceHints.epoch(ChronoUnit.MICROS);
    } else if (logical instanceof LogicalTypes.TimestampNanos
        || logical instanceof LogicalTypes.LocalTimestampNanos) {
      return SourceHints.epoch(ChronoUnit.NANOS);
    }
    return SourceHints.NONE;
  }

  @Override
  public SourceShape element() {
    return new AvroShape(schema.getElementType());
  }

  @Override
  public SourceShape key() {
    return new AvroShape(Schema.create(Schema.Type.STRING));
  }

  @Override
  public SourceShape value() {
    return new AvroShape(schema.getValueType());
  }

  @Override
  public StructCell struct(StructType target, String path, boolean nullable) {
    List<CellWriters.SourceField> source = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      int position = field.pos();
      source.add(
          new CellWriters.SourceField(
              field.name(),
              new AvroShape(field.schema()),
              new Getter.OfObject(record -> ((IndexedRecord) record).get(position))));
    }
    return new RecordStruct(schema, target, path, nullable, source);
  }

  /** Writes Avro records as structs. */
  private static final class RecordStruct extends StructCell {
    private final Schema schema;
    /* The instance that records were last seen with: equality is costly, identity is not. */
    private volatile Schema seen;

    RecordStruct(
        Schema schema,
        StructType target,
        String path,
        boolean nullable,
        List<CellWriters.SourceField> source) {
      super(
          path,
          "Avro record " + schema.getFullName(),
          nullable,
          CellWriters.fields(target, source, path));
      this.schema = schema;
      this.seen = schema;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a shortcut before the real comparison
    Object container(Object value) {
      if (!(value instanceof IndexedRecord record)) {
        throw mismatch(value);
      }
      Schema actual = record.getSchema();
      if (actual != seen) {
        if (!schema.equals(actual)) {
          throw misfit(value, "of another schema; all records of a write have the same");
        }
        seen = actual;
      }
      return record;
    }
  }
}
