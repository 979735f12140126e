package io.neuralake.testkit.junit;

/**
 * How long servers of a test live. Buckets, lakes and proxies are a test method's own in any case.
 */
public enum Lifecycle {
  /** Started once in this JVM and used by all tests that ask for the same kind. */
  SHARED,
  /** Started once for the test class, and its nested classes, that is annotated. */
  PER_CLASS,
  /** Started for each test method. */
  PER_METHOD
}
