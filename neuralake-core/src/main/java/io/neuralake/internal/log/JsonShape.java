package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON objects of a schema, as a stream: what the schema does not name is skipped, of a name
 * that stands twice the last value counts. A struct becomes an {@code Object[]} in the order of its
 * fields, an array a {@link List}, a map a {@link Map}, anything else what {@link JsonScalar} says.
 * Immutable.
 */
final class JsonShape {

  /** Nothing in a log nests deeper than a few levels; what is skipped may. */
  private static final int MAX_DEPTH = 500;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(JsonLines.MAX_LINE_BYTES)
                  .build())
          .build();

  private final StructType schema;
  private final Struct root;

  JsonShape(StructType schema) {
    this.schema = schema;
    this.root = new Struct(schema);
  }

  StructType schema() {
    return schema;
  }

  /** A value does not fit the schema. */
  static final class MismatchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MismatchException(String message) {
      super(message);
    }
  }

  /**
   * Reads one object.
   *
   * @throws com.fasterxml.jackson.core.JacksonException if it is not JSON
   * @throws MismatchException if it does not fit the schema, or something follows it
   */
  @Nullable Object[] read(byte[] buffer, int start, int length) throws IOException {
    try (JsonParser parser = FACTORY.createParser(buffer, start, length)) {
      return read(parser);
    }
  }

  /** The same for text. */
  @Nullable Object[] read(String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      return read(parser);
    }
  }

  private @Nullable Object[] read(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new MismatchException("it is not a JSON object");
    }
    @Nullable Object[] row = root.fields(parser);
    if (parser.nextToken() != null) {
      throw new MismatchException("something follows its JSON object");
    }
    return row;
  }

  /** Reads a value whose first token, not a null, is the current one. */
  private interface Reader {
    Object read(JsonParser parser) throws IOException;
  }

  private static Reader reader(DataType type) {
    if (type instanceof StructType struct) {
      return new Struct(struct);
    } else if (type instanceof ArrayType array) {
      return new Elements(reader(array.getElementType()), array.containsNull());
    } else if (type instanceof MapType map) {
      return new Entries(
          map.getValueType() instanceof StringType
              ? JsonShape::anyText
              : reader(map.getValueType()),
          map.isValueContainsNull());
    }
    return parser -> JsonScalar.read(parser, type);
  }

  private static final class Struct implements Reader {
    private final Map<String, Integer> ordinals = new HashMap<>();
    private final List<Reader> readers = new ArrayList<>();
    private final List<StructField> fields;

    Struct(StructType type) {
      fields = type.fields();
      for (StructField field : fields) {
        ordinals.put(field.getName(), readers.size());
        readers.add(reader(field.getDataType()));
      }
    }

    @Override
    public Object read(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw mismatch(parser, "an object");
      }
      return fields(parser);
    }

    @Nullable Object[] fields(JsonParser parser) throws IOException {
      @Nullable Object[] row = new @Nullable Object[readers.size()];
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        Integer ordinal = ordinals.get(name);
        JsonToken value = parser.nextToken();
        if (ordinal == null) {
          parser.skipChildren();
        } else {
          row[ordinal] = value == JsonToken.VALUE_NULL ? null : readers.get(ordinal).read(parser);
        }
      }
      for (int i = 0; i < row.length; i++) {
        if (row[i] == null && !fields.get(i).isNullable()) {
          throw new MismatchException("'" + fields.get(i).getName() + "' is missing");
        }
      }
      return row;
    }
  }

  private record Elements(Reader element, boolean containsNull) implements Reader {
    @Override
    public Object read(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        throw mismatch(parser, "an array");
      }
      List<@Nullable Object> elements = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        boolean isNull = parser.currentToken() == JsonToken.VALUE_NULL;
        if (isNull && !containsNull) {
          throw new MismatchException("an array has a null that its type excludes");
        }
        elements.add(isNull ? null : element.read(parser));
      }
      return elements;
    }
  }

  private record Entries(Reader value, boolean containsNull) implements Reader {
    @Override
    public Object read(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw mismatch(parser, "an object");
      }
      Map<String, @Nullable Object> entries = new LinkedHashMap<>();
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        boolean isNull = parser.nextToken() == JsonToken.VALUE_NULL;
        if (isNull && !containsNull) {
          throw new MismatchException("the map entry '" + key + "' is null");
        }
        entries.put(key, isNull ? null : value.read(parser));
      }
      return entries;
    }
  }

  /**
   * Values of maps of strings: Spark has written booleans and numbers as they are. What is neither
   * a string nor one of these is read as empty, like Spark and Kernel do.
   */
  private static Object anyText(JsonParser parser) throws IOException {
    if (parser.currentToken().isScalarValue()) {
      return parser.getText();
    }
    parser.skipChildren();
    return "";
  }

  static MismatchException mismatch(JsonParser parser, String wanted) throws IOException {
    String name = parser.currentName();
    StringBuilder found = new StringBuilder();
    if (parser.currentToken().isScalarValue()) {
      String text = parser.getText();
      found.append(text, 0, Math.min(text.length(), 100));
    } else {
      found.append(parser.currentToken() == JsonToken.START_ARRAY ? "an array" : "an object");
    }
    return new MismatchException(
        (name == null ? "a value" : "'" + name + "'") + " is " + found + ", not " + wanted);
  }
}
