package io.neuralake.internal.bean;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Member;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One property of a record or POJO.
 *
 * @param name its name by the JavaBeans rules; for a record the component's name
 * @param type its declared type
 * @param reader the accessor method or the field to read
 * @param writer the setter or field to write, null for record components and final fields
 * @param declarations where annotations of the property may stand
 */
public record BeanProperty(
    String name,
    JavaType type,
    Member reader,
    @Nullable Member writer,
    List<AnnotatedElement> declarations) {

  /** The first annotation of a kind on the property's accessor, component or field. */
  public <A extends Annotation> Optional<A> annotation(Class<A> kind) {
    return declarations.stream()
        .map(e -> e.getAnnotation(kind))
        .filter(Objects::nonNull)
        .findFirst();
  }
}
