package io.neuralake.internal.row;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.bean.BeanProperties;
import io.neuralake.internal.bean.JavaType;
import java.util.List;

/** Values of the types that a record or POJO class declares. */
final class BeanShape implements SourceShape {

  /* Getters are classes that are made at run time and become fast with use: once for each class. */
  private static final ClassValue<List<CellWriters.SourceField>> FIELDS =
      new ClassValue<>() {
        @Override
        protected List<CellWriters.SourceField> computeValue(Class<?> type) {
          return BeanProperties.of(type).stream()
              .map(
                  property ->
                      new CellWriters.SourceField(
                          property.name(),
                          new BeanShape(property.type()),
                          BeanAccess.getter(property)))
              .toList();
        }
      };

  private final JavaType type;

  BeanShape(JavaType type) {
    this.type = type;
  }

  @Override
  public SourceHints hints() {
    return SourceHints.NONE;
  }

  @Override
  public SourceShape element() {
    return new BeanShape(type.arguments().get(0));
  }

  @Override
  public SourceShape key() {
    return new BeanShape(type.arguments().get(0));
  }

  @Override
  public SourceShape value() {
    return new BeanShape(type.arguments().get(1));
  }

  @Override
  public StructCell struct(StructType target, String path, boolean nullable) {
    return new BeanStruct(type.raw(), target, path, nullable, FIELDS.get(type.raw()));
  }

  /** Writes objects as structs. */
  private static final class BeanStruct extends StructCell {
    private final Class<?> type;

    BeanStruct(
        Class<?> type,
        StructType target,
        String path,
        boolean nullable,
        List<CellWriters.SourceField> source) {
      super(path, type.getSimpleName(), nullable, CellWriters.fields(target, source, path));
      this.type = type;
    }

    @Override
    Object container(Object value) {
      if (!type.isInstance(value)) {
        throw mismatch(value);
      }
      return value;
    }
  }
}
