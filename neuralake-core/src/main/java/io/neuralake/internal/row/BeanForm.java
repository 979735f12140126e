package io.neuralake.internal.row;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.bean.BeanProperties;
import io.neuralake.internal.bean.BeanProperty;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Structs and rows as objects of a record or POJO class. The constructor, the setters and the
 * arrays that the columns are read into are joined to one method handle for each class: it makes an
 * object out of one position of all arrays.
 */
final class BeanForm implements RowForm {
  private static final MethodHandle COLUMN = MethodHandles.arrayElementGetter(Object[].class);
  /* A method has at most 255 argument slots; joining needs a few beside the constructor's own. */
  private static final int MAX_JOINED = 245;

  /* Joining handles takes milliseconds, and they become fast with use: once for each class. */
  private static final ClassValue<BeanForm> FORMS =
      new ClassValue<>() {
        @Override
        protected BeanForm computeValue(Class<?> type) {
          return new BeanForm(type);
        }
      };

  private final Class<?> type;
  private final List<BeanProperty> properties;
  private final List<JavaForm> forms;
  /* (Object[], int)Object: makes the object, of records with its values. */
  private final MethodHandle constructor;
  /* (Object, Object[], int)void for each property; empty for records. */
  private final List<MethodHandle> setters;
  /* The constructor joined with the setters of the properties that have a column. */
  private final Map<BitSet, MethodHandle> makers = new ConcurrentHashMap<>();

  /** The form of a class. */
  static BeanForm of(Class<?> type) {
    return FORMS.get(type);
  }

  private BeanForm(Class<?> type) {
    this.type = type;
    this.properties = BeanProperties.of(type);
    this.forms = properties.stream().map(p -> JavaForm.of(p.type(), type, p.name())).toList();
    if (type.isRecord()) {
      this.constructor = recordMaker(type, properties);
      this.setters = List.of();
    } else {
      MethodHandle bare = BeanAccess.constructor(type);
      this.constructor =
          MethodHandles.dropArguments(
              bare.asType(MethodType.methodType(Object.class)), 0, Object[].class, int.class);
      List<MethodHandle> joined = new ArrayList<>();
      for (int i = 0; i < properties.size(); i++) {
        joined.add(setter(type, properties.get(i), i));
      }
      this.setters = List.copyOf(joined);
    }
  }

  @Override
  public ColumnReader bind(CellReader cell) {
    if (!(cell instanceof NestedCells.Structs structs)) {
      throw BadCell.of(
          cell.path,
          "the column is " + cell.kind.typeName() + ", it cannot be read as " + type.getName());
    }
    int count = properties.size();
    JavaForm.ArrayReader[] readers = new JavaForm.ArrayReader[count];
    BitSet present = new BitSet(count);
    for (int i = 0; i < count; i++) {
      int column = ColumnNames.find(structs.names, properties.get(i).name());
      present.set(i, column >= 0);
      readers[i] =
          column >= 0
              ? forms.get(i).array(structs.children.get(column))
              : missing(structs, properties.get(i));
    }
    MethodHandle maker = makers.computeIfAbsent(present, this::maker);
    return () -> {
      Object[] columns = new Object[count];
      for (int i = 0; i < count; i++) {
        columns[i] = readers[i].read();
      }
      return BeanAccess.call(() -> make(maker, columns, structs));
    };
  }

  private static @Nullable Object[] make(
      MethodHandle maker, Object[] columns, NestedCells.Structs structs) throws Throwable {
    @Nullable Object[] objects = new @Nullable Object[structs.size()];
    for (int i = 0; i < objects.length; i++) {
      if (!structs.isNull(i)) {
        objects[i] = (Object) maker.invokeExact(columns, i);
      }
    }
    return objects;
  }

  /** Properties without a column keep what the constructor gave them. */
  private MethodHandle maker(BitSet present) {
    if (type.isRecord()) {
      return constructor;
    }
    MethodHandle rest =
        MethodHandles.dropArguments(
            MethodHandles.identity(Object.class), 1, Object[].class, int.class);
    for (int i = present.previousSetBit(setters.size() - 1);
        i >= 0;
        i = present.previousSetBit(i - 1)) {
      rest = MethodHandles.foldArguments(rest, setters.get(i));
    }
    return MethodHandles.foldArguments(rest, constructor);
  }

  private JavaForm.ArrayReader missing(NestedCells.Structs structs, BeanProperty property) {
    if (property.type().nonNull()) {
      throw BadCell.of(
          ColumnNames.child(structs.path, property.name()),
          "there is no such column, but "
              + type.getSimpleName()
              + "."
              + property.name()
              + " cannot be null; select the column, or declare the property nullable");
    }
    boolean optional = property.type().optional();
    return () -> {
      @Nullable Object[] nothing = new @Nullable Object[structs.size()];
      if (optional) {
        Arrays.fill(nothing, Optional.empty());
      }
      return nothing;
    };
  }

  private static MethodHandle recordMaker(Class<?> type, List<BeanProperty> properties) {
    Class<?>[] parameters =
        Arrays.stream(type.getRecordComponents()).map(c -> c.getType()).toArray(Class<?>[]::new);
    MethodHandle constructor = BeanAccess.constructor(type, parameters);
    constructor = constructor.asType(constructor.type().changeReturnType(Object.class));
    int count = parameters.length;
    int size = 0;
    for (Class<?> parameter : parameters) {
      size += parameter == long.class || parameter == double.class ? 2 : 1;
    }
    if (size > MAX_JOINED) {
      throw new InvalidRequestException(
          type.getName()
              + " has "
              + properties.size()
              + " components, too many to make it; use a class with setters");
    }
    MethodHandle joined =
        MethodHandles.dropArguments(constructor, count, Object[].class, int.class);
    for (int i = count - 1; i >= 0; i--) {
      joined = MethodHandles.collectArguments(joined, i, filler(parameters[i], i));
      joined = mergeTail(joined, i);
    }
    return joined;
  }

  /**
   * From (head.., Object[], int, Object[], int) to (head.., Object[], int), both pairs the same.
   */
  private static MethodHandle mergeTail(MethodHandle handle, int head) {
    int[] order = new int[head + 4];
    for (int i = 0; i < head; i++) {
      order[i] = i;
    }
    order[head] = head;
    order[head + 1] = head + 1;
    order[head + 2] = head;
    order[head + 3] = head + 1;
    MethodType merged = handle.type().dropParameterTypes(head + 2, head + 4);
    return MethodHandles.permuteArguments(handle, merged, order);
  }

  private static MethodHandle setter(Class<?> type, BeanProperty property, int index) {
    Member writer = property.writer();
    if (writer == null) {
      throw new InvalidRequestException(
          type.getName()
              + " cannot be filled: property '"
              + property.name()
              + "' has no setter and no field that may change; add a setter, or use a record");
    }
    MethodHandle setter = BeanAccess.setter(writer);
    MethodHandle filled =
        MethodHandles.collectArguments(setter, 1, filler(setter.type().parameterType(1), index));
    return filled.asType(filled.type().changeParameterType(0, Object.class));
  }

  /** (Object[], int)V: reads column number index, which is an array, as the type. */
  private static MethodHandle filler(Class<?> type, int index) {
    Class<?> array;
    if (type == boolean.class) {
      array = boolean[].class;
    } else if (type == float.class || type == double.class) {
      array = double[].class;
    } else if (type.isPrimitive()) {
      array = long[].class;
    } else {
      array = Object[].class;
    }
    MethodHandle column = MethodHandles.insertArguments(COLUMN, 1, index);
    MethodHandle read =
        MethodHandles.filterArguments(
            MethodHandles.arrayElementGetter(array),
            0,
            column.asType(column.type().changeReturnType(array)));
    return MethodHandles.explicitCastArguments(read, read.type().changeReturnType(type));
  }
}
