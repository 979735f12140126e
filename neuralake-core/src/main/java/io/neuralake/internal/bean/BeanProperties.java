package io.neuralake.internal.bean;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the properties of a class.
 *
 * <p>A record has its components. A POJO has its public fields, and its public getters that belong
 * to a field of the same name or to a setter: a getter that merely computes something is no
 * property. Static and transient fields are none either. Properties come in the order in which the
 * fields are declared, those of a superclass first, then by name.
 */
public final class BeanProperties {

  private BeanProperties() {}

  /** The properties of {@code type}, possibly none. */
  public static List<BeanProperty> of(Class<?> type) {
    return type.isRecord() ? ofRecord(type) : ofPojo(type);
  }

  private static List<BeanProperty> ofRecord(Class<?> type) {
    List<BeanProperty> properties = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Method accessor = component.getAccessor();
      JavaType javaType = JavaType.of(component.getAnnotatedType(), component);
      properties.add(
          new BeanProperty(
              component.getName(), javaType, accessor, null, List.of(component, accessor)));
    }
    return List.copyOf(properties);
  }

  private static List<BeanProperty> ofPojo(Class<?> type) {
    Map<String, Field> fields = fields(type);
    Map<String, Method> getters = getters(type);
    List<String> names = new ArrayList<>(fields.keySet());
    getters.keySet().stream()
        .filter(n -> !names.contains(n))
        .sorted(Comparator.naturalOrder())
        .forEach(names::add);
    List<BeanProperty> properties = new ArrayList<>();
    for (String name : names) {
      BeanProperty property = pojoProperty(type, name, fields.get(name), getters.get(name));
      if (property != null) {
        properties.add(property);
      }
    }
    return List.copyOf(properties);
  }

  private static @Nullable BeanProperty pojoProperty(
      Class<?> type, String name, @Nullable Field field, @Nullable Method getter) {
    if (field != null && Modifier.isTransient(field.getModifiers())) {
      return null;
    }
    if (getter != null) {
      Method setter = setter(type, name, getter.getReturnType());
      if (field == null && setter == null) {
        return null;
      }
      List<AnnotatedElement> declarations = new ArrayList<>();
      declarations.add(getter);
      if (field != null) {
        declarations.add(field);
      }
      boolean writableField =
          field != null
              && !Modifier.isFinal(field.getModifiers())
              && field.getType() == getter.getReturnType();
      JavaType javaType = JavaType.of(getter.getAnnotatedReturnType(), getter);
      if (field != null && !javaType.nonNull() && field.getType() == getter.getReturnType()) {
        JavaType fieldType = JavaType.of(field.getAnnotatedType(), field);
        javaType = fieldType.nonNull() ? fieldType : javaType;
      }
      return new BeanProperty(
          name,
          javaType,
          getter,
          setter != null ? setter : writableField ? field : null,
          List.copyOf(declarations));
    }
    if (field != null && Modifier.isPublic(field.getModifiers())) {
      JavaType javaType = JavaType.of(field.getAnnotatedType(), field);
      Field writer = Modifier.isFinal(field.getModifiers()) ? null : field;
      return new BeanProperty(name, javaType, field, writer, List.of(field));
    }
    return null;
  }

  /** Instance fields by name, those of superclasses first; a subclass hides its parent's field. */
  private static Map<String, Field> fields(Class<?> type) {
    List<Class<?>> lineage = new ArrayList<>();
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      lineage.add(0, c);
    }
    Map<String, Field> fields = new LinkedHashMap<>();
    for (Class<?> c : lineage) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
          fields.put(field.getName(), field);
        }
      }
    }
    return fields;
  }

  private static Map<String, Method> getters(Class<?> type) {
    Map<String, Method> getters = new TreeMap<>();
    for (Method method : type.getMethods()) {
      String name = getterProperty(method);
      if (name != null) {
        // Of a bridge method and the method itself keep the one with the narrower type.
        getters.merge(
            name, method, (a, b) -> a.getReturnType().isAssignableFrom(b.getReturnType()) ? b : a);
      }
    }
    return getters;
  }

  private static @Nullable String getterProperty(Method method) {
    if (Modifier.isStatic(method.getModifiers())
        || method.getParameterCount() != 0
        || method.getReturnType() == void.class
        || method.getDeclaringClass() == Object.class
        || method.isBridge()) {
      return null;
    }
    String name = method.getName();
    if (name.startsWith("get") && name.length() > 3) {
      return decapitalize(name.substring(3));
    }
    boolean isBoolean = method.getReturnType() == boolean.class;
    return isBoolean && name.startsWith("is") && name.length() > 2
        ? decapitalize(name.substring(2))
        : null;
  }

  private static @Nullable Method setter(Class<?> type, String property, Class<?> valueType) {
    String exact = "set" + property;
    String bean = "set" + property.substring(0, 1).toUpperCase(Locale.ROOT) + property.substring(1);
    for (Method method : type.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())
          && method.getParameterCount() == 1
          && method.getParameterTypes()[0] == valueType
          && (method.getName().equals(bean) || method.getName().equals(exact))) {
        return method;
      }
    }
    return null;
  }

  /** The JavaBeans rule: "URL" stays, "Name" becomes "name". */
  private static String decapitalize(String name) {
    if (name.length() > 1
        && Character.isUpperCase(name.charAt(0))
        && Character.isUpperCase(name.charAt(1))) {
      return name;
    }
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }
}
