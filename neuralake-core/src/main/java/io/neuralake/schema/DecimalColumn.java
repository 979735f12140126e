package io.neuralake.schema;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Precision and scale of a {@link java.math.BigDecimal} property of a record or POJO. It stands on
 * the record component, the getter or the field, and holds for every decimal inside the property (a
 * {@code List<BigDecimal>}, say). Without it {@code BigDecimal} is {@code decimal(38,18)}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD})
public @interface DecimalColumn {
  /** Total digits, 1 to 38. */
  int precision();

  /** Digits after the point, 0 to {@link #precision()}. */
  int scale();
}
