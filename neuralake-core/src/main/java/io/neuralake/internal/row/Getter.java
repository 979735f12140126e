package io.neuralake.internal.row;

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Reads one field of a container. */
sealed interface Getter {

  /** A byte, short, int or long. */
  record OfLong(ToLongFunction<Object> function) implements Getter {}

  /** A float or double. */
  record OfDouble(ToDoubleFunction<Object> function) implements Getter {}

  /** A boolean. */
  record OfBoolean(Predicate<Object> function) implements Getter {}

  /** Anything else, null included. */
  record OfObject(Function<Object, @Nullable Object> function) implements Getter {}
}
