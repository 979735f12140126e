package io.neuralake.internal.meta;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Walks, searches and rebuilds schemas. Names are compared without case, as Delta does. Schemas are
 * never compared with {@code StructType.equals} or hashed here: Kernel's versions visit every
 * nested struct twice per level, which takes 2^depth steps.
 */
@SuppressWarnings("ReferenceEquality") // identity tells "unchanged"
public final class SchemaTree {
  private SchemaTree() {}

  /** Calls the visitor for every struct field, nested ones after the field that holds them. */
  public static void forEach(StructType schema, BiConsumer<ColumnPath, StructField> visitor) {
    forEach(schema, ColumnPath.root(), visitor);
  }

  private static void forEach(
      DataType type, ColumnPath path, BiConsumer<ColumnPath, StructField> visitor) {
    if (type instanceof StructType struct) {
      for (StructField field : struct.fields()) {
        ColumnPath child = path.child(field.getName());
        visitor.accept(child, field);
        forEach(field.getDataType(), child, visitor);
      }
    } else if (type instanceof ArrayType array) {
      forEach(array.getElementType(), path.child(ColumnPath.ELEMENT), visitor);
    } else if (type instanceof MapType map) {
      forEach(map.getKeyType(), path.child(ColumnPath.KEY), visitor);
      forEach(map.getValueType(), path.child(ColumnPath.VALUE), visitor);
    }
  }

  /** Whether any struct field, nested ones included, satisfies the test. */
  public static boolean anyField(DataType type, Predicate<StructField> test) {
    if (type instanceof StructType struct) {
      for (StructField field : struct.fields()) {
        if (test.test(field) || anyField(field.getDataType(), test)) {
          return true;
        }
      }
      return false;
    }
    if (type instanceof ArrayType array) {
      return anyField(array.getElementType(), test);
    }
    return type instanceof MapType map
        && (anyField(map.getKeyType(), test) || anyField(map.getValueType(), test));
  }

  /** Whether the type is, or holds at any depth, a type that satisfies the test. */
  public static boolean anyType(DataType type, Predicate<DataType> test) {
    if (test.test(type)) {
      return true;
    }
    if (type instanceof StructType struct) {
      for (StructField field : struct.fields()) {
        if (anyType(field.getDataType(), test)) {
          return true;
        }
      }
      return false;
    }
    if (type instanceof ArrayType array) {
      return anyType(array.getElementType(), test);
    }
    return type instanceof MapType map
        && (anyType(map.getKeyType(), test) || anyType(map.getValueType(), test));
  }

  /**
   * Rebuilds every struct field, nested ones before the field that holds them. The path is the one
   * in the schema as it was.
   */
  public static StructType rebuild(
      StructType schema, BiFunction<ColumnPath, StructField, StructField> change) {
    return rebuildStruct(schema, ColumnPath.root(), change);
  }

  private static StructType rebuildStruct(
      StructType struct, ColumnPath path, BiFunction<ColumnPath, StructField, StructField> change) {
    List<StructField> fields = new ArrayList<>(struct.length());
    for (StructField field : struct.fields()) {
      ColumnPath child = path.child(field.getName());
      DataType type = rebuildType(field.getDataType(), child, change);
      fields.add(change.apply(child, withType(field, type)));
    }
    return new StructType(fields);
  }

  private static DataType rebuildType(
      DataType type, ColumnPath path, BiFunction<ColumnPath, StructField, StructField> change) {
    if (type instanceof StructType struct) {
      return rebuildStruct(struct, path, change);
    }
    if (type instanceof ArrayType array) {
      DataType element = array.getElementType();
      return withElement(array, rebuildType(element, path.child(ColumnPath.ELEMENT), change));
    }
    if (type instanceof MapType map) {
      return withEntries(
          map,
          rebuildType(map.getKeyType(), path.child(ColumnPath.KEY), change),
          rebuildType(map.getValueType(), path.child(ColumnPath.VALUE), change));
    }
    return type;
  }

  /** The same field with another type. */
  static StructField withType(StructField field, DataType type) {
    return type == field.getDataType() ? field : field.withDataType(type);
  }

  static DataType withElement(ArrayType array, DataType element) {
    return element == array.getElementType() ? array : new ArrayType(element, array.containsNull());
  }

  static DataType withEntries(MapType map, DataType key, DataType value) {
    return key == map.getKeyType() && value == map.getValueType()
        ? map
        : new MapType(key, value, map.isValueContainsNull());
  }

  /** The field of that name, ignoring case; an exact match is preferred. */
  public static Optional<StructField> child(StructType struct, String name) {
    int exact = struct.indexOf(name);
    if (exact >= 0) {
      return Optional.of(struct.at(exact));
    }
    for (StructField field : struct.fields()) {
      if (field.getName().equalsIgnoreCase(name)) {
        return Optional.of(field);
      }
    }
    return Optional.empty();
  }

  /** The type at a path (which may end in {@code element}, {@code key}, {@code value}). */
  public static Optional<DataType> typeAt(StructType schema, ColumnPath path) {
    DataType type = schema;
    for (String part : path.parts()) {
      type = step(type, part);
      if (type == null) {
        return Optional.empty();
      }
    }
    return Optional.of(type);
  }

  private static @Nullable DataType step(DataType type, String part) {
    if (type instanceof StructType struct) {
      return child(struct, part).map(StructField::getDataType).orElse(null);
    }
    if (type instanceof ArrayType array && part.equalsIgnoreCase(ColumnPath.ELEMENT)) {
      return array.getElementType();
    }
    if (type instanceof MapType map) {
      if (part.equalsIgnoreCase(ColumnPath.KEY)) {
        return map.getKeyType();
      }
      return part.equalsIgnoreCase(ColumnPath.VALUE) ? map.getValueType() : null;
    }
    return null;
  }

  /**
   * The struct field at a path; empty if there is none, or the path ends inside an array or map.
   */
  public static Optional<StructField> fieldAt(StructType schema, ColumnPath path) {
    if (path.isRoot()) {
      return Optional.empty();
    }
    return typeAt(schema, path.parent())
        .filter(StructType.class::isInstance)
        .flatMap(parent -> child((StructType) parent, path.leaf()));
  }

  /** The path in the schema's own spelling; empty if nothing is there. */
  public static Optional<ColumnPath> spelled(StructType schema, ColumnPath path) {
    ColumnPath spelled = ColumnPath.root();
    DataType type = schema;
    for (String part : path.parts()) {
      DataType next = step(type, part);
      if (next == null) {
        return Optional.empty();
      }
      String name =
          type instanceof StructType struct
              ? child(struct, part).map(StructField::getName).orElse(part)
              : part.toLowerCase(Locale.ROOT);
      spelled = spelled.child(name);
      type = next;
    }
    return Optional.of(spelled);
  }

  /**
   * Replaces the type at a path.
   *
   * @param path a path that exists in the schema
   */
  static StructType editType(StructType schema, ColumnPath path, UnaryOperator<DataType> change) {
    return (StructType) editType(schema, path.parts(), change);
  }

  private static DataType editType(
      DataType type, List<String> path, UnaryOperator<DataType> change) {
    if (path.isEmpty()) {
      return change.apply(type);
    }
    String part = path.get(0);
    List<String> rest = path.subList(1, path.size());
    if (type instanceof StructType struct) {
      List<StructField> fields = new ArrayList<>(struct.fields());
      StructField target = child(struct, part).orElseThrow();
      fields.replaceAll(
          field ->
              field == target
                  ? withType(field, editType(field.getDataType(), rest, change))
                  : field);
      return new StructType(fields);
    }
    if (type instanceof ArrayType array) {
      return withElement(array, editType(array.getElementType(), rest, change));
    }
    MapType map = (MapType) type;
    return part.equalsIgnoreCase(ColumnPath.KEY)
        ? withEntries(map, editType(map.getKeyType(), rest, change), map.getValueType())
        : withEntries(map, map.getKeyType(), editType(map.getValueType(), rest, change));
  }

  /**
   * Replaces the struct field at a path.
   *
   * @param path the path of a struct field that exists in the schema
   */
  static StructType editField(
      StructType schema, ColumnPath path, UnaryOperator<StructField> change) {
    StructField target = fieldAt(schema, path).orElseThrow();
    return editType(
        schema,
        path.parent(),
        parent -> {
          List<StructField> fields = new ArrayList<>(((StructType) parent).fields());
          fields.replaceAll(field -> field == target ? change.apply(field) : field);
          return new StructType(fields);
        });
  }
}
