package io.neuralake.testkit.chaos;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lets a plan decide on each call of an interface that may fail. */
final class TroubledCalls implements InvocationHandler {
  private final Object real;
  private final InjectedPlan plan;
  private final Delayer delayer;

  TroubledCalls(Object real, InjectedPlan plan, Delayer delayer) {
    this.real = real;
    this.plan = plan;
    this.delayer = delayer;
  }

  @Override
  public @Nullable Object invoke(Object wrapper, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Optional<InjectedPlan.Injected> fate =
        mayFail(method) ? plan.next(method.getName(), about(arguments)) : Optional.empty();
    if (fate.isEmpty()) {
      return call(method, arguments);
    }
    Trouble trouble = fate.get().trouble();
    if (trouble == Trouble.DELAY) {
      await(fate.get());
    } else if (trouble.takesEffect()) {
      call(method, arguments);
    }
    if (trouble.isAnswered()) {
      return call(method, arguments);
    }
    throw new IOException(
        "injected " + trouble + " into " + method.getName() + " of " + about(arguments));
  }

  private void await(InjectedPlan.Injected fate) throws InterruptedIOException {
    try {
      delayer.await(fate.delay());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted in an injected delay");
    }
  }

  private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static boolean mayFail(Method method) {
    return Arrays.stream(method.getExceptionTypes()).anyMatch(t -> t == IOException.class);
  }

  private static String about(Object @Nullable [] arguments) {
    return arguments == null || arguments.length == 0 ? "" : String.valueOf(arguments[0]);
  }
}
