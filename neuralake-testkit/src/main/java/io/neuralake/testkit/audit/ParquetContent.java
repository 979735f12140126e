package io.neuralake.testkit.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** Parquet files by parquet-java's record reader, which shares no decoding with neuralake. */
final class ParquetContent {
  private ParquetContent() {}

  /** The number of rows, from the footer. */
  static long rowCount(byte[] file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            new InMemory(file),
            ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
      return reader.getRecordCount();
    }
  }

  /** All rows. */
  static void rows(byte[] file, Consumer<Group> rows) throws IOException {
    try (ParquetReader<Group> reader = new GroupReader(new InMemory(file)).build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        rows.accept(row);
      }
    } catch (RuntimeException e) {
      throw new IOException("damaged: " + e.getMessage(), e);
    }
  }

  /** A row of a checkpoint, as a commit would say it. */
  static ObjectNode json(Group row) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (Type field : row.getType().getFields()) {
      // What is only there in another form is left out.
      boolean parsed = field.getName().endsWith("_parsed");
      if (!parsed && row.getFieldRepetitionCount(field.getName()) > 0) {
        object.set(field.getName(), json(row, row.getType().getFieldIndex(field.getName()), 0));
      }
    }
    return object;
  }

  private static JsonNode json(Group row, int field, int index) {
    Type type = row.getType().getType(field);
    if (type.isPrimitive()) {
      return leaf(row, field, index, type.asPrimitiveType().getPrimitiveTypeName());
    }
    Group value = row.getGroup(field, index);
    GroupType group = type.asGroupType();
    if (group.getLogicalTypeAnnotation()
        instanceof LogicalTypeAnnotation.MapLogicalTypeAnnotation) {
      ObjectNode map = JsonNodeFactory.instance.objectNode();
      for (int i = 0; i < value.getFieldRepetitionCount(0); i++) {
        Group entry = value.getGroup(0, i);
        map.set(
            entry.getString(0, 0),
            entry.getFieldRepetitionCount(1) == 0
                ? JsonNodeFactory.instance.nullNode()
                : json(entry, 1, 0));
      }
      return map;
    }
    if (group.getLogicalTypeAnnotation()
        instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      for (int i = 0; i < value.getFieldRepetitionCount(0); i++) {
        list.add(json(value.getGroup(0, i), 0, 0));
      }
      return list;
    }
    return json(value);
  }

  private static JsonNode leaf(
      Group row, int field, int index, PrimitiveType.PrimitiveTypeName type) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (type) {
      case BOOLEAN -> json.booleanNode(row.getBoolean(field, index));
      case INT32 -> json.numberNode(row.getInteger(field, index));
      case INT64 -> json.numberNode(row.getLong(field, index));
      case FLOAT -> json.numberNode(row.getFloat(field, index));
      case DOUBLE -> json.numberNode(row.getDouble(field, index));
      default -> json.textNode(row.getBinary(field, index).toStringUsingUTF8());
    };
  }

  private static final class GroupReader extends ParquetReader.Builder<Group> {
    GroupReader(InputFile file) {
      super(file, new PlainParquetConfiguration());
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }

  private record InMemory(byte[] bytes) implements InputFile {
    @Override
    public long getLength() {
      return bytes.length;
    }

    @Override
    public SeekableInputStream newStream() {
      Positioned in = new Positioned(bytes);
      return new DelegatingSeekableInputStream(in) {
        @Override
        public long getPos() {
          return in.position();
        }

        @Override
        public void seek(long to) {
          in.seek(to);
        }
      };
    }
  }

  private static final class Positioned extends ByteArrayInputStream {
    Positioned(byte[] bytes) {
      super(bytes);
    }

    synchronized int position() {
      return pos;
    }

    synchronized void seek(long to) {
      pos = Math.toIntExact(to);
    }
  }
}
