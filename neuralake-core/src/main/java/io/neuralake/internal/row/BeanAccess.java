package io.neuralake.internal.row;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.bean.BeanProperty;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Access to properties and constructors of user classes without reflection per call: methods become
 * compiled functions, fields method handles.
 */
final class BeanAccess {

  private BeanAccess() {}

  /** A function that reads the property. */
  static Getter getter(BeanProperty property) {
    Getter getter =
        property.reader() instanceof Method method
            ? ofMethod(method)
            : ofHandle(handle((Field) property.reader(), true));
    if (property.type().optional() && getter instanceof Getter.OfObject object) {
      return new Getter.OfObject(row -> unwrap(object.function().apply(row)));
    }
    return getter;
  }

  private static @Nullable Object unwrap(@Nullable Object optional) {
    return optional instanceof Optional<?> o && o.isPresent() ? o.get() : null;
  }

  /** A handle {@code (owner, value)void}; the property must have a writer. */
  static MethodHandle setter(Member writer) {
    if (writer instanceof Field field) {
      return handle(field, false);
    }
    Method method = (Method) writer;
    MethodHandle handle;
    try {
      handle = lookup(method.getDeclaringClass()).unreflect(method);
    } catch (IllegalAccessException e) {
      throw inaccessible(method.getDeclaringClass(), e);
    }
    return handle.asType(handle.type().changeReturnType(void.class));
  }

  /** A handle for the constructor with these parameters. */
  static MethodHandle constructor(Class<?> type, Class<?>... parameters) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(parameters);
      return lookup(type).unreflectConstructor(constructor);
    } catch (NoSuchMethodException e) {
      throw new InvalidRequestException(
          type.getName()
              + " cannot be made: it has no constructor without parameters; add one, or use a"
              + " record",
          e);
    } catch (IllegalAccessException e) {
      throw inaccessible(type, e);
    }
  }

  private static MethodHandle handle(Field field, boolean read) {
    try {
      MethodHandles.Lookup lookup = lookup(field.getDeclaringClass());
      return read ? lookup.unreflectGetter(field) : lookup.unreflectSetter(field);
    } catch (IllegalAccessException e) {
      throw inaccessible(field.getDeclaringClass(), e);
    }
  }

  private static MethodHandles.Lookup lookup(Class<?> type) {
    try {
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    } catch (IllegalAccessException e) {
      // A module that does not open its package may still export a public class.
      return MethodHandles.publicLookup().in(type);
    }
  }

  private static InvalidRequestException inaccessible(Class<?> type, Throwable cause) {
    return new InvalidRequestException(
        type.getName()
            + " cannot be read or made: its members are not accessible; make the class and its"
            + " members public, or open its package to neuralake",
        cause);
  }

  private static Getter ofMethod(Method method) {
    Class<?> owner = method.getDeclaringClass();
    MethodHandles.Lookup lookup = lookup(owner);
    MethodHandle handle;
    try {
      handle = lookup.unreflect(method);
    } catch (IllegalAccessException e) {
      throw inaccessible(owner, e);
    }
    Class<?> type = method.getReturnType();
    if (!lookup.hasFullPrivilegeAccess()) {
      return ofHandle(handle);
    }
    if (type == boolean.class) {
      return Getter.ofBoolean(spin(lookup, Predicate.class, "test", boolean.class, handle, owner));
    } else if (type == float.class || type == double.class) {
      return Getter.ofDouble(
          spin(lookup, ToDoubleFunction.class, "applyAsDouble", double.class, handle, owner));
    } else if (type.isPrimitive()) {
      return Getter.ofLong(
          spin(lookup, ToLongFunction.class, "applyAsLong", long.class, handle, owner));
    }
    return Getter.ofObject(spin(lookup, Function.class, "apply", Object.class, handle, owner));
  }

  private static <F> F spin(
      MethodHandles.Lookup lookup,
      Class<F> kind,
      String name,
      Class<?> result,
      MethodHandle handle,
      Class<?> owner) {
    try {
      return kind.cast(
          LambdaMetafactory.metafactory(
                  lookup,
                  name,
                  MethodType.methodType(kind),
                  MethodType.methodType(result, Object.class),
                  handle,
                  MethodType.methodType(result, owner))
              .getTarget()
              .invoke());
    } catch (Throwable e) {
      throw inaccessible(owner, e);
    }
  }

  private static Getter ofHandle(MethodHandle handle) {
    Class<?> type = handle.type().returnType();
    if (type == boolean.class) {
      MethodHandle exact = reading(handle, boolean.class);
      return new Getter.OfBoolean(row -> (boolean) call(() -> (boolean) exact.invokeExact(row)));
    } else if (type == float.class || type == double.class) {
      MethodHandle exact = reading(handle, double.class);
      return new Getter.OfDouble(row -> (double) call(() -> (double) exact.invokeExact(row)));
    } else if (type.isPrimitive()) {
      MethodHandle exact = reading(handle, long.class);
      return new Getter.OfLong(row -> (long) call(() -> (long) exact.invokeExact(row)));
    }
    MethodHandle exact = reading(handle, Object.class);
    return new Getter.OfObject(
        row -> BeanAccess.<@Nullable Object>call(() -> (Object) exact.invokeExact(row)));
  }

  private static MethodHandle reading(MethodHandle handle, Class<?> result) {
    return handle.asType(MethodType.methodType(result, Object.class));
  }

  /** A call of a handle, which may throw anything. */
  interface Call<V extends @Nullable Object> {
    V run() throws Throwable;
  }

  /** Runs the call; what user code throws unchecked passes, the rest is wrapped. */
  static <V extends @Nullable Object> V call(Call<V> call) {
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new InvalidRequestException("a constructor or accessor failed: " + e, e);
    }
  }
}
