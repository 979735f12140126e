package io.neuralake.internal.row;

import static io.neuralake.internal.row.ColumnNames.child;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Values whose form only shows when they arrive: structs are maps from field names. */
final class MapShape implements SourceShape {
  static final MapShape INSTANCE = new MapShape();

  private MapShape() {}

  @Override
  public SourceHints hints() {
    return SourceHints.NONE;
  }

  @Override
  public SourceShape element() {
    return this;
  }

  @Override
  public SourceShape key() {
    return this;
  }

  @Override
  public SourceShape value() {
    return this;
  }

  @Override
  public StructCell struct(StructType target, String path, boolean nullable) {
    List<FieldWriter> writers = new ArrayList<>();
    for (StructField field : target.fields()) {
      String name = field.getName();
      CellWriter cell =
          CellWriters.of(field.getDataType(), this, child(path, name), field.isNullable());
      writers.add((map, vector, index) -> cell.write(vector, index, ((Map<?, ?>) map).get(name)));
    }
    return new MapStruct(target, path, nullable, writers);
  }

  /** Writes maps as structs. */
  private static final class MapStruct extends StructCell {
    private final List<String> names;

    MapStruct(StructType target, String path, boolean nullable, List<FieldWriter> writers) {
      super(path, TypeNames.of(target), nullable, writers);
      this.names = List.copyOf(target.fieldNames());
    }

    @Override
    Object container(Object value) {
      if (!(value instanceof Map<?, ?> map)) {
        throw mismatch(value);
      }
      int known = 0;
      for (String name : names) {
        if (map.containsKey(name)) {
          known++;
        }
      }
      return known == map.size() ? map : renamed(map);
    }

    /** The map with its keys spelt as the columns are. */
    private Map<String, @Nullable Object> renamed(Map<?, ?> map) {
      Map<String, @Nullable Object> renamed = new LinkedHashMap<>();
      TreeSet<String> unknown = new TreeSet<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        String key = Objects.toString(entry.getKey());
        int index = find(key);
        if (index < 0) {
          unknown.add("'" + child(path, key) + "'");
        } else if (renamed.containsKey(names.get(index))) {
          throw BadCell.of(
              child(path, names.get(index)), "the row has it twice, column names ignore case");
        } else {
          renamed.put(names.get(index), entry.getValue());
        }
      }
      if (!unknown.isEmpty()) {
        throw BadCell.of("", SchemaFit.unknownColumns(String.join(", ", unknown), "the row"));
      }
      return renamed;
    }

    private int find(String key) {
      try {
        return ColumnNames.find(names, key);
      } catch (InvalidRequestException e) {
        throw BadCell.of("", Objects.requireNonNull(e.getMessage()));
      }
    }
  }
}
