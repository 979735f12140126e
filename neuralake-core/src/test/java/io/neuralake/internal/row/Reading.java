package io.neuralake.internal.row;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.avro.Conversion;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;

/** A specific record as Avro's compiler makes them, with a conversion per field and by model. */
public class Reading extends SpecificRecordBase {
  private static final long serialVersionUID = 1L;

  public static final Schema SCHEMA$ =
      new Schema.Parser()
          .parse(
              "{\"type\":\"record\",\"name\":\"Reading\",\"namespace\":\"io.neuralake.internal.row\","
                  + "\"fields\":[{\"name\":\"id\",\"type\":\"long\"},"
                  + "{\"name\":\"name\",\"type\":[\"null\",{\"type\":\"string\",\"avro.java.string\":\"String\"}],\"default\":null},"
                  + "{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}},"
                  + "{\"name\":\"day\",\"type\":[\"null\",{\"type\":\"int\",\"logicalType\":\"date\"}],\"default\":null},"
                  + "{\"name\":\"parts\",\"type\":{\"type\":\"array\",\"items\":\"double\"}}]}");

  private static final SpecificData MODEL$ = new SpecificData();

  static {
    MODEL$.addLogicalTypeConversion(new TimeConversions.DateConversion());
    MODEL$.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
  }

  private static final Conversion<?>[] CONVERSIONS = {
    null, null, new TimeConversions.TimestampMicrosConversion(), null, null
  };

  private long id;
  private String name;
  private Instant at;
  private LocalDate day;
  private List<Double> parts;

  public Reading() {}

  public Reading(long id, String name, Instant at, LocalDate day, List<Double> parts) {
    this.id = id;
    this.name = name;
    this.at = at;
    this.day = day;
    this.parts = parts;
  }

  public static Schema getClassSchema() {
    return SCHEMA$;
  }

  @Override
  public SpecificData getSpecificData() {
    return MODEL$;
  }

  @Override
  public Schema getSchema() {
    return SCHEMA$;
  }

  @Override
  public Conversion<?> getConversion(int field) {
    return CONVERSIONS[field];
  }

  @Override
  public Object get(int field) {
    return switch (field) {
      case 0 -> id;
      case 1 -> name;
      case 2 -> at;
      case 3 -> day;
      case 4 -> parts;
      default -> throw new IndexOutOfBoundsException(field);
    };
  }

  @Override
  @SuppressWarnings("unchecked")
  public void put(int field, Object value) {
    switch (field) {
      case 0 -> id = (Long) value;
      case 1 -> name = (String) value;
      case 2 -> at = (Instant) value;
      case 3 -> day = (LocalDate) value;
      case 4 -> parts = (List<Double>) value;
      default -> throw new IndexOutOfBoundsException(field);
    }
  }
}
