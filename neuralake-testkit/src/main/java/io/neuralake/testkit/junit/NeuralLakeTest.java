package io.neuralake.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test class or method that works on the embedded S3 server. Its test methods can take
 * parameters of the types that {@link NeuralLakeExtension} knows:
 *
 * <pre>{@code
 * @NeuralLakeTest
 * class IngestIT {
 *   @Test
 *   void keepsRows(NeuralTable table, HttpFaultProxy proxy) { .. }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(NeuralLakeExtension.class)
public @interface NeuralLakeTest {}
