package io.neuralake.internal.row;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as the Java objects nearest to their types: boxes, String, BigDecimal, byte[], LocalDate,
 * Instant, LocalDateTime, List, Map, and a Map by field name for structs.
 */
final class NaturalForm implements RowForm {
  static final NaturalForm INSTANCE = new NaturalForm();

  private NaturalForm() {}

  @Override
  public ObjectReader bind(CellReader cell) {
    if (cell instanceof CellReader.Structs structs) {
      return struct(structs);
    } else if (cell instanceof CellReader.Lists lists) {
      return list(lists);
    } else if (cell instanceof CellReader.Maps maps) {
      return map(maps);
    }
    return row -> cell.isNull(row) ? null : cell.get(row);
  }

  private ObjectReader struct(CellReader.Structs structs) {
    List<String> names = structs.names;
    ObjectReader[] fields = structs.children.stream().map(this::bind).toArray(ObjectReader[]::new);
    return row -> {
      if (structs.isNull(row)) {
        return null;
      }
      Map<String, @Nullable Object> values = new LinkedHashMap<>(2 * fields.length);
      for (int i = 0; i < fields.length; i++) {
        values.put(names.get(i), fields[i].read(row));
      }
      return values;
    };
  }

  private ObjectReader list(CellReader.Lists lists) {
    ObjectReader element = bind(lists.element);
    return row -> {
      if (lists.isNull(row)) {
        return null;
      }
      int end = lists.end(row);
      List<@Nullable Object> values = new ArrayList<>(end - lists.start(row));
      for (int i = lists.start(row); i < end; i++) {
        values.add(element.read(i));
      }
      return values;
    };
  }

  private ObjectReader map(CellReader.Maps maps) {
    ObjectReader key = bind(maps.key);
    ObjectReader value = bind(maps.value);
    return row -> {
      if (maps.isNull(row)) {
        return null;
      }
      Map<@Nullable Object, @Nullable Object> values = new LinkedHashMap<>();
      int end = maps.end(row);
      for (int i = maps.start(row); i < end; i++) {
        values.put(key.read(i), value.read(i));
      }
      return values;
    };
  }
}
