package io.neuralake.it.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.standalone.DeltaLog;
import io.delta.standalone.Snapshot;
import io.delta.standalone.actions.AddFile;
import io.delta.standalone.data.CloseableIterator;
import io.delta.standalone.data.RowRecord;
import io.delta.standalone.types.ArrayType;
import io.delta.standalone.types.BinaryType;
import io.delta.standalone.types.BooleanType;
import io.delta.standalone.types.ByteType;
import io.delta.standalone.types.DataType;
import io.delta.standalone.types.DateType;
import io.delta.standalone.types.DecimalType;
import io.delta.standalone.types.DoubleType;
import io.delta.standalone.types.FloatType;
import io.delta.standalone.types.IntegerType;
import io.delta.standalone.types.LongType;
import io.delta.standalone.types.MapType;
import io.delta.standalone.types.ShortType;
import io.delta.standalone.types.StringType;
import io.delta.standalone.types.StructType;
import io.delta.standalone.types.TimestampType;
import io.neuralake.it.canonical.CanonicalValue;
import io.neuralake.it.canonical.TableContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * Reads tables with Delta Standalone, which shares no code with Kernel or Spark's connector. It
 * knows reader version 1 and 2 without column mapping: no deletion vectors, no table features.
 *
 * <p>It cannot decode all that is valid. Leave these columns out:
 *
 * <ul>
 *   <li>timestamps, unless the writer stored them as INT96: they fail;
 *   <li>decimals of up to 18 digits, unless the writer stored them as bytes: from INT32 and INT64
 *       they come without their scale (1.50 as 150.00);
 *   <li>arrays and maps with null inside: they fail.
 * </ul>
 *
 * <p>Thread-safe; each call loads the table anew.
 */
public final class StandaloneReader {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Configuration configuration = new Configuration();

  /** The latest version of the table. */
  public long latestVersion(Path table) {
    return log(table).snapshot().getVersion();
  }

  /** The paths of the data files in the latest version, as the log has them, in sorted order. */
  public List<String> files(Path table) {
    return log(table).snapshot().getAllFiles().stream().map(AddFile::getPath).sorted().toList();
  }

  /** The schema of the latest version as JSON. */
  public String schemaJson(Path table) {
    return log(table).snapshot().getMetadata().getSchema().toJson();
  }

  /** Reads these columns (all, if none is named) of the latest version. */
  public TableContent read(Path table, String... columns) {
    return content(log(table).snapshot(), columns);
  }

  /** Reads these columns (all, if none is named) of version {@code version}. */
  public TableContent readVersion(Path table, long version, String... columns) {
    return content(log(table).getSnapshotForVersionAsOf(version), columns);
  }

  private DeltaLog log(Path table) {
    return DeltaLog.forTable(configuration, table.toUri().toString());
  }

  private static TableContent content(Snapshot snapshot, String... columns) {
    StructType schema = snapshot.getMetadata().getSchema();
    List<String> names = List.of(columns.length == 0 ? schema.getFieldNames() : columns);
    List<String> lines = new ArrayList<>();
    try (CloseableIterator<RowRecord> rows = snapshot.open()) {
      while (rows.hasNext()) {
        lines.add(struct(rows.next(), schema, names).toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return TableContent.of(lines);
  }

  private static ObjectNode struct(RowRecord row, StructType schema, List<String> names) {
    ObjectNode object = JSON.objectNode();
    for (String name : names) {
      DataType type = schema.get(name).getDataType();
      object.set(
          name, row.isNullAt(name) ? JSON.nullNode() : canonical(field(row, name, type), type));
    }
    return object;
  }

  private static Object field(RowRecord row, String name, DataType type) {
    if (type instanceof BooleanType) {
      return row.getBoolean(name);
    }
    if (type instanceof ByteType) {
      return row.getByte(name);
    }
    if (type instanceof ShortType) {
      return row.getShort(name);
    }
    if (type instanceof IntegerType) {
      return row.getInt(name);
    }
    if (type instanceof LongType) {
      return row.getLong(name);
    }
    if (type instanceof FloatType) {
      return row.getFloat(name);
    }
    if (type instanceof DoubleType) {
      return row.getDouble(name);
    }
    return object(row, name, type);
  }

  private static Object object(RowRecord row, String name, DataType type) {
    if (type instanceof DecimalType) {
      return row.getBigDecimal(name);
    }
    if (type instanceof StringType) {
      return row.getString(name);
    }
    if (type instanceof BinaryType) {
      return row.getBinary(name);
    }
    if (type instanceof DateType) {
      return row.getDate(name);
    }
    if (type instanceof TimestampType) {
      return row.getTimestamp(name);
    }
    if (type instanceof StructType) {
      return row.getRecord(name);
    }
    if (type instanceof ArrayType) {
      return row.getList(name);
    }
    if (type instanceof MapType) {
      return row.getMap(name);
    }
    throw new IllegalArgumentException("Column " + name + ": no reading of " + type.getTypeName());
  }

  private static JsonNode canonical(Object value, DataType type) {
    if (value instanceof RowRecord row && type instanceof StructType struct) {
      return struct(row, struct, Arrays.asList(struct.getFieldNames()));
    }
    if (value instanceof List<?> list && type instanceof ArrayType array) {
      ArrayNode node = JSON.arrayNode();
      list.forEach(element -> node.add(canonical(element, array.getElementType())));
      return node;
    }
    if (value instanceof Map<?, ?> map && type instanceof MapType mapType) {
      Map<JsonNode, JsonNode> entries = new HashMap<>();
      map.forEach(
          (key, entry) ->
              entries.put(
                  canonical(key, mapType.getKeyType()), canonical(entry, mapType.getValueType())));
      return CanonicalValue.map(entries);
    }
    if (value instanceof BigDecimal decimal && type instanceof DecimalType decimalType) {
      return CanonicalValue.leaf(
          decimal.setScale(decimalType.getScale(), RoundingMode.UNNECESSARY));
    }
    if (value instanceof java.sql.Date date) {
      return CanonicalValue.leaf(date.toLocalDate());
    }
    if (value instanceof java.sql.Timestamp timestamp) {
      return CanonicalValue.leaf(timestamp.toInstant());
    }
    return CanonicalValue.leaf(value);
  }
}
