package io.neuralake.internal.row;

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Reads one field of a container. */
sealed interface Getter {

  /** From a raw function: what the JDK's bootstrap method returns has no type arguments. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  static Getter ofLong(ToLongFunction function) {
    return new OfLong(function);
  }

  /** As {@link #ofLong}. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  static Getter ofDouble(ToDoubleFunction function) {
    return new OfDouble(function);
  }

  /** As {@link #ofLong}. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  static Getter ofBoolean(Predicate function) {
    return new OfBoolean(function);
  }

  /** As {@link #ofLong}. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  static Getter ofObject(Function function) {
    return new OfObject(function);
  }

  /** A byte, short, int or long. */
  record OfLong(ToLongFunction<Object> function) implements Getter {}

  /** A float or double. */
  record OfDouble(ToDoubleFunction<Object> function) implements Getter {}

  /** A boolean. */
  record OfBoolean(Predicate<Object> function) implements Getter {}

  /** Anything else, null included. */
  record OfObject(Function<Object, @Nullable Object> function) implements Getter {}
}
