package io.neuralake.testkit.junit;

import io.neuralake.testkit.fixture.Backend;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test class or method that works on S3 and DynamoDB servers. Its test methods can take
 * parameters of the types that {@link NeuralLakeExtension} knows:
 *
 * <pre>{@code
 * @NeuralLakeTest
 * class IngestIT {
 *   @Test
 *   void keepsRows(NeuralTable table, HttpFaultProxy proxy) { .. }
 * }
 * }</pre>
 *
 * <p>The servers are processes of this machine unless a backend is asked for, here or by system
 * property {@code neuralake.test.backend}: containers of MinIO, LocalStack, RustFS, SeaweedFS or
 * S3Proxy, or servers that run already.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(NeuralLakeExtension.class)
public @interface NeuralLakeTest {
  /** Where the servers come from; by default what system properties say. */
  Backend backend() default Backend.CONFIGURED;

  /** The image of the container; by default what system properties say, or the usual one. */
  String image() default "";

  /** How long the servers live; by default as long as this JVM. */
  Lifecycle lifecycle() default Lifecycle.SHARED;
}
