package io.neuralake.internal.row;

import io.neuralake.internal.bean.JavaType;
import io.neuralake.internal.row.CellReader.Kind;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values as a property of a class declares them. */
abstract class JavaForm {
  private final JavaType type;
  /* The property, for messages. */
  final String property;

  private JavaForm(JavaType type, String property) {
    this.type = type;
    this.property = property;
  }

  /** The form for a property. */
  static JavaForm of(JavaType type, Class<?> owner, String name) {
    return ofProperty(type, owner.getSimpleName() + "." + name);
  }

  private static JavaForm ofProperty(JavaType type, String property) {
    return switch (type.kind()) {
      case BEAN -> new Bean(type, property);
      case LIST -> new Elements(type, property);
      case MAP -> new Entries(type, property);
      default -> new Leaf(type, property);
    };
  }

  /** A reader of cells that are not null. */
  abstract ObjectReader present(CellReader cell);

  /** A reader of cells that may be null, as far as the type allows. */
  final ObjectReader bind(CellReader cell) {
    ObjectReader present = present(cell);
    if (type.optional()) {
      return row -> cell.isNull(row) ? Optional.empty() : Optional.ofNullable(present.read(row));
    }
    if (type.nonNull()) {
      return row -> {
        if (cell.isNull(row)) {
          throw unexpectedNull(cell);
        }
        return present.read(row);
      };
    }
    return row -> cell.isNull(row) ? null : present.read(row);
  }

  /** As {@link #bind}, able to give primitives. */
  Slot slot(CellReader cell) {
    return Slot.of(bind(cell));
  }

  final BadCell unexpectedNull(CellReader cell) {
    String remedy =
        type.raw().isPrimitive() ? "declare it with the boxed type" : "declare it nullable";
    return BadCell.of(
        cell.path,
        "null cannot be put into "
            + property
            + " of type "
            + type.raw().getSimpleName()
            + "; "
            + remedy
            + ", or filter the nulls out");
  }

  final BadCell unfit(CellReader cell) {
    return BadCell.of(
        cell.path,
        "the column is "
            + cell.kind.typeName()
            + ", it cannot be read into "
            + property
            + " of type "
            + type.raw().getSimpleName()
            + "; change the property's type");
  }

  /** One value. */
  private static final class Leaf extends JavaForm {
    private final Class<?> raw;

    Leaf(JavaType type, String property) {
      super(type, property);
      this.raw = type.raw();
    }

    @Override
    ObjectReader present(CellReader cell) {
      ObjectReader reader = LeafForms.reader(raw, cell, property);
      if (reader == null) {
        throw unfit(cell);
      }
      return reader;
    }

    @Override
    Slot slot(CellReader cell) {
      if (!raw.isPrimitive()) {
        return super.slot(cell);
      }
      ObjectReader boxed = bind(cell);
      return new PrimitiveSlot(this, raw, cell, boxed);
    }
  }

  /** Values of a primitive property. */
  private static final class PrimitiveSlot extends Slot {
    private final JavaForm form;
    private final CellReader cell;
    private final ObjectReader boxed;
    private final long max;
    private final boolean single;

    PrimitiveSlot(JavaForm form, Class<?> raw, CellReader cell, ObjectReader boxed) {
      this.form = form;
      this.cell = cell;
      this.boxed = boxed;
      this.max = LeafForms.maxOf(raw);
      this.single = raw == float.class;
    }

    @Override
    boolean readBoolean(int row) {
      check(row);
      return cell.getBoolean(row);
    }

    @Override
    long readLong(int row) {
      check(row);
      return LeafForms.narrow(cell, row, max, form.property);
    }

    @Override
    double readDouble(int row) {
      check(row);
      return LeafForms.floating(cell, row, single, form.property);
    }

    @Override
    @Nullable Object readObject(int row) {
      return boxed.read(row);
    }

    private void check(int row) {
      if (cell.isNull(row)) {
        throw form.unexpectedNull(cell);
      }
    }
  }

  /** A record or POJO. */
  private static final class Bean extends JavaForm {
    private final BeanForm bean;

    Bean(JavaType type, String property) {
      super(type, property);
      this.bean = new BeanForm(type.raw());
    }

    @Override
    ObjectReader present(CellReader cell) {
      return bean.bind(cell);
    }
  }

  /** A collection or array. */
  private static final class Elements extends JavaForm {
    private final Class<?> raw;
    private final JavaForm element;

    Elements(JavaType type, String property) {
      super(type, property);
      this.raw = type.raw();
      this.element = ofProperty(type.arguments().get(0), property);
    }

    @Override
    ObjectReader present(CellReader cell) {
      if (!(cell instanceof CellReader.Lists lists)) {
        throw unfit(cell);
      }
      return raw.isArray() ? array(lists, raw.getComponentType()) : collection(lists);
    }

    private ObjectReader collection(CellReader.Lists lists) {
      ObjectReader reader = element.bind(lists.element);
      boolean set = raw == Set.class;
      return row -> {
        int start = lists.start(row);
        int end = lists.end(row);
        Collection<@Nullable Object> values =
            set ? new LinkedHashSet<>() : new ArrayList<>(end - start);
        for (int i = start; i < end; i++) {
          values.add(reader.read(i));
        }
        return values;
      };
    }

    private ObjectReader array(CellReader.Lists lists, Class<?> component) {
      Slot slot = element.slot(lists.element);
      if (component == long.class) {
        return row -> {
          int start = lists.start(row);
          long[] values = new long[lists.end(row) - start];
          for (int i = 0; i < values.length; i++) {
            values[i] = slot.readLong(start + i);
          }
          return values;
        };
      } else if (component == int.class) {
        return row -> {
          int start = lists.start(row);
          int[] values = new int[lists.end(row) - start];
          for (int i = 0; i < values.length; i++) {
            values[i] = (int) slot.readLong(start + i);
          }
          return values;
        };
      } else if (component == double.class) {
        return row -> {
          int start = lists.start(row);
          double[] values = new double[lists.end(row) - start];
          for (int i = 0; i < values.length; i++) {
            values[i] = slot.readDouble(start + i);
          }
          return values;
        };
      }
      return row -> {
        int start = lists.start(row);
        int length = lists.end(row) - start;
        Object values = Array.newInstance(component, length);
        for (int i = 0; i < length; i++) {
          Array.set(values, i, slot.readObject(start + i));
        }
        return values;
      };
    }
  }

  /** A map. */
  private static final class Entries extends JavaForm {
    private final JavaForm key;
    private final JavaForm value;

    Entries(JavaType type, String property) {
      super(type, property);
      this.key = ofProperty(type.arguments().get(0), property);
      this.value = ofProperty(type.arguments().get(1), property);
    }

    @Override
    ObjectReader present(CellReader cell) {
      if (!(cell instanceof CellReader.Maps maps) || cell.kind != Kind.MAP) {
        throw unfit(cell);
      }
      ObjectReader keys = key.bind(maps.key);
      ObjectReader values = value.bind(maps.value);
      return row -> {
        Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
        int end = maps.end(row);
        for (int i = maps.start(row); i < end; i++) {
          entries.put(keys.read(i), values.read(i));
        }
        return entries;
      };
    }
  }
}
