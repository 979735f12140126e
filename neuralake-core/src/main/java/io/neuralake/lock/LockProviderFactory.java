package io.neuralake.lock;

import java.util.Map;

/**
 * Makes the elector that another module brings, so that it can be chosen by name: a {@link
 * java.util.ServiceLoader} service with a public constructor without arguments. Thread-safe.
 */
public interface LockProviderFactory {

  /** The name that chooses it in the environment, in lower case, such as {@code dynamodb}. */
  String name();

  /**
   * An elector set up by environment variables. No I/O.
   *
   * @throws io.neuralake.error.InvalidRequestException if a variable that it needs is missing or
   *     malformed; the message names it
   */
  LockProvider fromEnvironment(Map<String, String> env);
}
