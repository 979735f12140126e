package io.neuralake.internal.bean;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The declared type of a property, with generics resolved as far as the declaration goes.
 *
 * @param kind what the type is made of
 * @param raw its class; for an {@code Optional} the class of what it holds
 * @param nonNull a primitive, or annotated as never null
 * @param optional whether the value is wrapped in an {@link Optional}
 * @param arguments the element of a list; key and value of a map; empty otherwise
 */
public record JavaType(
    Kind kind, Class<?> raw, boolean nonNull, boolean optional, List<JavaType> arguments) {

  /** What a type is made of. */
  public enum Kind {
    /** One value. */
    LEAF,
    /** A collection or an array (other than {@code byte[]}). */
    LIST,
    /** A {@link Map}. */
    MAP,
    /** A record or a POJO. */
    BEAN,
    /** A type variable, a raw collection or another declaration that does not say its type. */
    UNKNOWN
  }

  private static final Set<String> NON_NULL = Set.of("NonNull", "NotNull", "Nonnull");
  private static final Set<Class<?>> COLLECTIONS =
      Set.of(List.class, Set.class, Collection.class, Iterable.class);

  /** The type of a class that is itself the row. */
  public static JavaType ofClass(Class<?> type) {
    return leafOrBean(type, type.isPrimitive());
  }

  /** Resolves {@code type}; {@code declared} may carry declaration annotations such as NotNull. */
  static JavaType of(AnnotatedType type, AnnotatedElement declared) {
    JavaType resolved = resolve(type);
    return !resolved.nonNull && !resolved.optional && isNonNull(declared)
        ? new JavaType(resolved.kind, resolved.raw, true, false, resolved.arguments)
        : resolved;
  }

  /** Whether values of this type can be seen as the fields of a struct. */
  public static boolean isBeanClass(Class<?> raw) {
    if (raw.isRecord()) {
      return true;
    }
    return !raw.isInterface()
        && !raw.isEnum()
        && !raw.isArray()
        && !raw.isPrimitive()
        && !raw.getName().startsWith("java.")
        && !raw.getName().startsWith("javax.")
        && !CharSequence.class.isAssignableFrom(raw);
  }

  private static JavaType resolve(AnnotatedType type) {
    boolean nonNull = isNonNull(type);
    if (type instanceof AnnotatedArrayType array) {
      return ofArray(array, nonNull);
    }
    if (type instanceof AnnotatedWildcardType wildcard) {
      return resolve(wildcard.getAnnotatedUpperBounds()[0]);
    }
    if (type instanceof AnnotatedParameterizedType generic) {
      return ofGeneric(generic, nonNull);
    }
    if (type instanceof AnnotatedTypeVariable) {
      return new JavaType(Kind.UNKNOWN, Object.class, nonNull, false, List.of());
    }
    Class<?> raw = (Class<?>) type.getType();
    if (raw.isArray() && raw != byte[].class) {
      JavaType element = leafOrBean(raw.getComponentType(), raw.getComponentType().isPrimitive());
      return new JavaType(Kind.LIST, raw, nonNull, false, List.of(element));
    }
    return leafOrBean(raw, nonNull || raw.isPrimitive());
  }

  private static JavaType ofArray(AnnotatedArrayType array, boolean nonNull) {
    JavaType element = resolve(array.getAnnotatedGenericComponentType());
    if (element.raw == byte.class) {
      return new JavaType(Kind.LEAF, byte[].class, nonNull, false, List.of());
    }
    return new JavaType(Kind.LIST, element.raw.arrayType(), nonNull, false, List.of(element));
  }

  private static JavaType ofGeneric(AnnotatedParameterizedType generic, boolean nonNull) {
    Class<?> raw =
        (Class<?>) ((java.lang.reflect.ParameterizedType) generic.getType()).getRawType();
    List<JavaType> arguments =
        Arrays.stream(generic.getAnnotatedActualTypeArguments()).map(JavaType::resolve).toList();
    if (raw == Optional.class) {
      JavaType held = arguments.get(0);
      return new JavaType(held.kind, held.raw, false, true, held.arguments);
    }
    if (COLLECTIONS.contains(raw)) {
      return new JavaType(Kind.LIST, raw, nonNull, false, arguments);
    }
    if (raw == Map.class) {
      return new JavaType(Kind.MAP, raw, nonNull, false, arguments);
    }
    return new JavaType(Kind.UNKNOWN, raw, nonNull, false, List.of());
  }

  private static JavaType leafOrBean(Class<?> raw, boolean nonNull) {
    Kind kind;
    if (isBeanClass(raw)) {
      kind = raw.getTypeParameters().length == 0 ? Kind.BEAN : Kind.UNKNOWN;
    } else {
      kind = Kind.LEAF;
    }
    return new JavaType(kind, raw, nonNull, false, List.of());
  }

  private static boolean isNonNull(AnnotatedElement element) {
    return Arrays.stream(element.getAnnotations())
        .anyMatch(a -> NON_NULL.contains(a.annotationType().getSimpleName()));
  }
}
