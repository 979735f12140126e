package io.neuralake.internal.row;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads all cells of a bound column that are loaded as the objects of a target form. */
interface ColumnReader {

  /** One object for each cell; null where a cell has no value, unless the form has another. */
  @Nullable Object[] read();

  /** Of single values. */
  static ColumnReader of(CellReader cell, ObjectReader present) {
    return () -> {
      @Nullable Object[] objects = new @Nullable Object[cell.size()];
      for (int i = 0; i < objects.length; i++) {
        if (!cell.isNull(i)) {
          objects[i] = present.read(i);
        }
      }
      return objects;
    };
  }

  /** Makes a collection or array of some of the objects. */
  interface Slice {
    Object of(@Nullable Object[] elements, int from, int to);
  }

  /** Of lists: their elements are read together and then shared out. */
  static ColumnReader lists(NestedCells.Lists lists, ColumnReader element, Slice slice) {
    return () -> {
      @Nullable Object[] elements = element.read();
      return of(lists, i -> slice.of(elements, lists.start(i), lists.end(i))).read();
    };
  }

  /** Of maps, in the order of their entries. */
  static ColumnReader maps(NestedCells.Maps maps, ColumnReader key, ColumnReader value) {
    return () -> {
      @Nullable Object[] keys = key.read();
      @Nullable Object[] values = value.read();
      ObjectReader present =
          i -> {
            Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
            int end = maps.end(i);
            for (int entry = maps.start(i); entry < end; entry++) {
              entries.put(keys[entry], values[entry]);
            }
            return entries;
          };
      return of(maps, present).read();
    };
  }
}
