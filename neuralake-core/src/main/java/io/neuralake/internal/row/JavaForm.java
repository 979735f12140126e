package io.neuralake.internal.row;

import io.neuralake.internal.bean.JavaType;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
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

  /** A reader of the cells, null where there is no value. */
  abstract ColumnReader objects(CellReader cell);

  /** A reader of the cells, in which null is what the type wants for it. */
  final ColumnReader bind(CellReader cell) {
    ColumnReader objects = objects(cell);
    if (type.optional()) {
      return () -> {
        @Nullable Object[] values = objects.read();
        for (int i = 0; i < values.length; i++) {
          values[i] = Optional.ofNullable(values[i]);
        }
        return values;
      };
    }
    if (type.nonNull()) {
      return () -> {
        requireNoNull(cell);
        return objects.read();
      };
    }
    return objects;
  }

  /** Reads cells as an array: of long, double, boolean or Object, whichever holds the type. */
  interface ArrayReader {
    Object read();
  }

  /** As {@link #bind}, without boxes for primitives. */
  ArrayReader array(CellReader cell) {
    ColumnReader objects = bind(cell);
    return objects::read;
  }

  final void requireNoNull(CellReader cell) {
    if (cell.anyNull()) {
      throw unexpectedNull(cell);
    }
  }

  private BadCell unexpectedNull(CellReader cell) {
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
    ColumnReader objects(CellReader cell) {
      ColumnReader reader = LeafForms.reader(raw, cell, property);
      if (reader == null) {
        throw unfit(cell);
      }
      return reader;
    }

    @Override
    ArrayReader array(CellReader cell) {
      if (!raw.isPrimitive()) {
        return super.array(cell);
      }
      objects(cell); // refuses cells that do not fit
      return () -> {
        requireNoNull(cell);
        return LeafForms.primitives(raw, cell, property);
      };
    }
  }

  /** A record or POJO. */
  private static final class Bean extends JavaForm {
    private final BeanForm bean;

    Bean(JavaType type, String property) {
      super(type, property);
      this.bean = BeanForm.of(type.raw());
    }

    @Override
    ColumnReader objects(CellReader cell) {
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
    ColumnReader objects(CellReader cell) {
      if (!(cell instanceof NestedCells.Lists lists)) {
        throw unfit(cell);
      }
      if (!raw.isArray()) {
        return ColumnReader.lists(lists, element.bind(lists.element), this::collection);
      } else if (raw.getComponentType().isPrimitive()) {
        return primitiveArrays(lists, raw.getComponentType());
      }
      return ColumnReader.lists(lists, element.bind(lists.element), this::objectArray);
    }

    private Object collection(@Nullable Object[] elements, int from, int to) {
      List<@Nullable Object> values = Arrays.asList(elements).subList(from, to);
      return raw == Set.class ? new LinkedHashSet<>(values) : new ArrayList<>(values);
    }

    private Object objectArray(@Nullable Object[] elements, int from, int to) {
      Object values = Array.newInstance(raw.getComponentType(), to - from);
      System.arraycopy(elements, from, values, 0, to - from);
      return values;
    }

    private ColumnReader primitiveArrays(NestedCells.Lists lists, Class<?> component) {
      ArrayReader reader = element.array(lists.element);
      return () -> {
        Object elements = reader.read();
        return ColumnReader.of(
                lists,
                i -> LeafForms.copyOfRange(elements, lists.start(i), lists.end(i), component))
            .read();
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
    ColumnReader objects(CellReader cell) {
      if (!(cell instanceof NestedCells.Maps maps)) {
        throw unfit(cell);
      }
      return ColumnReader.maps(maps, key.bind(maps.key), value.bind(maps.value));
    }
  }
}
