package io.neuralake.internal.row;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** Readers of values that have others in them. */
final class NestedCells {

  private NestedCells() {}

  /** Cells that are runs of elements: lists, and maps with their entries. */
  abstract static class Runs extends CellReader {
    private final IntToLongFunction startOf;
    private final IntToLongFunction endOf;
    private final List<CellReader> children;
    private int[] starts = {};
    private int[] ends = {};

    private Runs(
        String path,
        Kind kind,
        FieldVector vector,
        IntToLongFunction startOf,
        IntToLongFunction endOf,
        List<CellReader> children) {
      super(path, kind, vector);
      this.startOf = startOf;
      this.endOf = endOf;
      this.children = children;
    }

    /** Loads the elements from the first cell's first to the last cell's last. */
    @Override
    void loadValues(int from, int count) {
      if (starts.length < count) {
        starts = new int[count];
        ends = new int[count];
      }
      long first = count == 0 ? 0 : startOf.applyAsLong(from);
      long last = first;
      boolean anyHidden = false;
      for (int i = 0; i < count; i++) {
        long start = startOf.applyAsLong(from + i);
        long end = endOf.applyAsLong(from + i);
        if (start < last || end < start || end > Integer.MAX_VALUE) {
          throw BadCell.of(path, "elements " + start + " to " + end + " are not a run");
        }
        last = end;
        starts[i] = (int) (start - first);
        ends[i] = (int) (end - first);
        anyHidden |= end > start && isNull(i);
      }
      int elements = (int) (last - first);
      byte[] above = anyHidden ? new byte[elements] : null;
      if (above != null) {
        for (int i = 0; i < count; i++) {
          if (isNull(i)) {
            Arrays.fill(above, starts[i], ends[i], HIDDEN);
          }
        }
      }
      for (CellReader child : children) {
        child.load((int) first, elements, above);
      }
    }

    /** Where the cell's elements begin among those that are loaded. */
    final int start(int i) {
      return starts[i];
    }

    final int end(int i) {
      return ends[i];
    }

    @Override
    Object get(int i) {
      throw notA("single value");
    }
  }

  /** Lists: a run of elements in each cell. */
  static final class Lists extends Runs {
    final CellReader element;

    Lists(
        String path,
        FieldVector vector,
        IntToLongFunction start,
        IntToLongFunction end,
        CellReader element) {
      super(path, Kind.LIST, vector, start, end, List.of(element));
      this.element = element;
    }
  }

  /** Maps: a run of entries in each cell. */
  static final class Maps extends Runs {
    final CellReader key;
    final CellReader value;

    Maps(
        String path,
        FieldVector vector,
        IntToLongFunction start,
        IntToLongFunction end,
        CellReader key,
        CellReader value) {
      super(path, Kind.MAP, vector, start, end, List.of(key, value));
      this.key = key;
      this.value = value;
    }
  }

  /** Structs, and whole rows. */
  static final class Structs extends CellReader {
    final List<String> names;
    final List<CellReader> children;

    /**
     * @param vector null for the rows of a batch
     */
    Structs(
        String path, @Nullable FieldVector vector, List<String> names, List<CellReader> children) {
      super(path, Kind.STRUCT, vector);
      this.names = names;
      this.children = children;
    }

    @Override
    void loadValues(int from, int count) {
      byte[] above = absent();
      for (CellReader child : children) {
        child.load(from, count, above);
      }
    }

    @Override
    Object get(int i) {
      throw notA("single value");
    }
  }
}
