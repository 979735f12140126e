package io.neuralake.it.spark;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Tests that need profile {@code spark}. Other tests run beside them, but no two of them at the
 * same time: they share {@link SparkProcess#shared()}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("spark")
@ResourceLock("spark")
public @interface SparkTest {}
