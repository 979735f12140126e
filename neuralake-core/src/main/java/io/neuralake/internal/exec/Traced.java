package io.neuralake.internal.exec;

import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Operations as those see them who watch from outside: an event of JDK Flight Recorder for each,
 * and {@code table}, {@code operation} and, once it is known, {@code version} in the logging
 * context.
 */
public final class Traced {
  private static final String TABLE = "table";
  private static final String OPERATION = "operation";
  private static final String VERSION = "version";

  private Traced() {}

  /**
   * Does an operation of an operation's name.
   *
   * @param version the version that a result tells of, -1 if none
   * @return what it returns
   */
  public static <T> T call(
      String operation, String table, Supplier<T> body, ToLongFunction<T> version) {
    String outerTable = MDC.get(TABLE);
    String outerOperation = MDC.get(OPERATION);
    String outerVersion = MDC.get(VERSION);
    MDC.put(TABLE, table);
    MDC.put(OPERATION, operation);
    OperationEvent event = new OperationEvent();
    event.operation = operation;
    event.table = table;
    event.begin();
    try {
      T result = body.get();
      event.version = version.applyAsLong(result);
      return result;
    } catch (RuntimeException | Error e) {
      event.failure = e.getClass().getName();
      throw e;
    } finally {
      event.commit();
      restore(TABLE, outerTable);
      restore(OPERATION, outerOperation);
      restore(VERSION, outerVersion);
    }
  }

  /** The version that the operation of this thread is at. */
  public static void version(long version) {
    MDC.put(VERSION, Long.toString(version));
  }

  private static void restore(String key, @Nullable String value) {
    if (value == null) {
      MDC.remove(key);
    } else {
      MDC.put(key, value);
    }
  }
}
