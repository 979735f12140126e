package io.neuralake.it.canonical;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neuralake.read.Query;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.ArrowReader;

/** What neuralake's Arrow batches hold, in canonical form. */
public final class ScanContent {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ScanContent() {}

  /** Runs the query. */
  public static TableContent of(Query<?> scan) {
    List<String> lines = new ArrayList<>();
    try (ArrowReader reader = scan.arrow()) {
      while (reader.loadNextBatch()) {
        VectorSchemaRoot batch = reader.getVectorSchemaRoot();
        for (int row = 0; row < batch.getRowCount(); row++) {
          ObjectNode line = JSON.objectNode();
          for (FieldVector column : batch.getFieldVectors()) {
            line.set(column.getName(), value(column, row));
          }
          lines.add(line.toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return TableContent.of(lines);
  }

  private static JsonNode value(ValueVector vector, int row) {
    if (vector.isNull(row)) {
      return JSON.nullNode();
    }
    if (vector instanceof MapVector map) {
      return map(map, row);
    }
    if (vector instanceof ListVector list) {
      ArrayNode array = JSON.arrayNode();
      for (int i = list.getElementStartIndex(row); i < list.getElementEndIndex(row); i++) {
        array.add(value(list.getDataVector(), i));
      }
      return array;
    }
    if (vector instanceof StructVector struct) {
      ObjectNode object = JSON.objectNode();
      for (FieldVector child : struct.getChildrenFromFields()) {
        object.set(child.getName(), value(child, row));
      }
      return object;
    }
    return CanonicalValue.leaf(leaf(vector, row));
  }

  private static ArrayNode map(MapVector map, int row) {
    StructVector entries = (StructVector) map.getDataVector();
    Map<JsonNode, JsonNode> pairs = new HashMap<>();
    for (int i = map.getElementStartIndex(row); i < map.getElementEndIndex(row); i++) {
      pairs.put(value(entries.getChildByOrdinal(0), i), value(entries.getChildByOrdinal(1), i));
    }
    return CanonicalValue.map(pairs);
  }

  private static Object leaf(ValueVector vector, int row) {
    if (vector instanceof BitVector bits) {
      return bits.get(row) == 1;
    }
    if (vector instanceof VarCharVector text) {
      return text.getObject(row).toString();
    }
    if (vector instanceof DateDayVector days) {
      return LocalDate.ofEpochDay(days.get(row));
    }
    if (vector instanceof TimeStampMicroTZVector micros) {
      return Instant.EPOCH.plus(micros.get(row), ChronoUnit.MICROS);
    }
    if (vector instanceof TimeStampMicroVector micros) {
      return LocalDateTime.ofInstant(
          Instant.EPOCH.plus(micros.get(row), ChronoUnit.MICROS), ZoneOffset.UTC);
    }
    return vector.getObject(row);
  }
}
