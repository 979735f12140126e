package io.neuralake.internal.row;

import java.util.ArrayList;
import java.util.Arrays;
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
  public ColumnReader bind(CellReader cell) {
    if (cell instanceof NestedCells.Structs structs) {
      return struct(structs);
    } else if (cell instanceof NestedCells.Lists lists) {
      return ColumnReader.lists(
          lists,
          bind(lists.element),
          (elements, from, to) -> new ArrayList<>(Arrays.asList(elements).subList(from, to)));
    } else if (cell instanceof NestedCells.Maps maps) {
      return ColumnReader.maps(maps, bind(maps.key), bind(maps.value));
    }
    return cell::objects;
  }

  private ColumnReader struct(NestedCells.Structs structs) {
    List<String> names = structs.names;
    List<ColumnReader> fields = structs.children.stream().map(this::bind).toList();
    return () -> {
      @Nullable Object[][] columns =
          fields.stream().map(ColumnReader::read).toArray(Object[][]::new);
      ObjectReader present =
          i -> {
            Map<String, @Nullable Object> values = new LinkedHashMap<>(2 * columns.length);
            for (int field = 0; field < columns.length; field++) {
              values.put(names.get(field), columns[field][i]);
            }
            return values;
          };
      return ColumnReader.of(structs, present).read();
    };
  }
}
