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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Structs and rows as objects of a record or POJO class. The constructor, the setters and the slots
 * that feed them are joined to method handles once per class; a batch only brings new slots.
 */
final class BeanForm implements RowForm {
  private static final MethodHandle SLOT = MethodHandles.arrayElementGetter(Slot[].class);
  private static final MethodHandle READ_BOOLEAN = reading("readBoolean", boolean.class);
  private static final MethodHandle READ_LONG = reading("readLong", long.class);
  private static final MethodHandle READ_DOUBLE = reading("readDouble", double.class);
  private static final MethodHandle READ_OBJECT = reading("readObject", Object.class);
  /* A method has at most 255 argument slots; joining needs a few beside the constructor's own. */
  private static final int MAX_JOINED = 245;

  private final Class<?> type;
  private final List<BeanProperty> properties;
  private final List<JavaForm> forms;
  /* (Slot[], int)Object: makes the object, of records with its values. */
  private final MethodHandle maker;
  /* (Object, Slot[], int)void per property; empty for records. */
  private final List<MethodHandle> setters;

  BeanForm(Class<?> type) {
    this.type = type;
    this.properties = BeanProperties.of(type);
    this.forms = properties.stream().map(p -> JavaForm.of(p.type(), type, p.name())).toList();
    if (type.isRecord()) {
      this.maker = recordMaker(type, properties);
      this.setters = List.of();
    } else {
      MethodHandle constructor = BeanAccess.constructor(type);
      this.maker =
          MethodHandles.dropArguments(
              constructor.asType(MethodType.methodType(Object.class)), 0, Slot[].class, int.class);
      List<MethodHandle> joined = new ArrayList<>();
      for (int i = 0; i < properties.size(); i++) {
        joined.add(setter(type, properties.get(i), i));
      }
      this.setters = List.copyOf(joined);
    }
  }

  @Override
  public ObjectReader bind(CellReader cell) {
    if (!(cell instanceof CellReader.Structs structs)) {
      throw BadCell.of(
          cell.path,
          "the column is " + cell.kind.typeName() + ", it cannot be read as " + type.getName());
    }
    int count = properties.size();
    Slot[] slots = new Slot[count];
    boolean[] present = new boolean[count];
    for (int i = 0; i < count; i++) {
      int column = ColumnNames.find(structs.names, properties.get(i).name());
      present[i] = column >= 0;
      slots[i] =
          present[i]
              ? forms.get(i).slot(structs.children.get(column))
              : missing(structs.path, properties.get(i));
    }
    MethodHandle make = maker;
    if (type.isRecord()) {
      return row ->
          structs.isNull(row)
              ? null
              : BeanAccess.<@Nullable Object>call(() -> (Object) make.invokeExact(slots, row));
    }
    MethodHandle[] set = presentSetters(present);
    return row ->
        structs.isNull(row)
            ? null
            : BeanAccess.<@Nullable Object>call(
                () -> {
                  Object object = (Object) make.invokeExact(slots, row);
                  for (MethodHandle setter : set) {
                    setter.invokeExact(object, slots, row);
                  }
                  return object;
                });
  }

  /** Properties without a column keep what the constructor gave them. */
  private MethodHandle[] presentSetters(boolean[] present) {
    List<MethodHandle> chosen = new ArrayList<>();
    for (int i = 0; i < present.length; i++) {
      if (present[i]) {
        chosen.add(setters.get(i));
      }
    }
    return chosen.toArray(MethodHandle[]::new);
  }

  private Slot missing(String path, BeanProperty property) {
    if (property.type().nonNull()) {
      throw BadCell.of(
          ColumnNames.child(path, property.name()),
          "there is no such column, but "
              + type.getSimpleName()
              + "."
              + property.name()
              + " cannot be null; select the column, or declare the property nullable");
    }
    boolean optional = property.type().optional();
    return Slot.of(row -> optional ? Optional.empty() : null);
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
    MethodHandle joined = MethodHandles.dropArguments(constructor, count, Slot[].class, int.class);
    for (int i = count - 1; i >= 0; i--) {
      joined = MethodHandles.collectArguments(joined, i, filler(parameters[i], i));
      joined = mergeTail(joined, i);
    }
    return joined;
  }

  /** From (head.., Slot[], int, Slot[], int) to (head.., Slot[], int), both pairs the same. */
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

  /** (Slot[], int)V: reads slot number index as the type. */
  private static MethodHandle filler(Class<?> type, int index) {
    MethodHandle slot = MethodHandles.insertArguments(SLOT, 1, index);
    MethodHandle read;
    if (type == boolean.class) {
      read = READ_BOOLEAN;
    } else if (type == float.class || type == double.class) {
      read = READ_DOUBLE;
    } else if (type.isPrimitive()) {
      read = READ_LONG;
    } else {
      read = READ_OBJECT;
    }
    MethodHandle joined = MethodHandles.collectArguments(read, 0, slot);
    return MethodHandles.explicitCastArguments(joined, joined.type().changeReturnType(type));
  }

  private static MethodHandle reading(String name, Class<?> result) {
    try {
      return MethodHandles.lookup()
          .findVirtual(Slot.class, name, MethodType.methodType(result, int.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
