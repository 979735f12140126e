package io.neuralake.internal.row;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/** Whether two vectors are made of the same buffers, and how one takes over those of the other. */
final class ArrowLayouts {

  private ArrowLayouts() {}

  /**
   * Whether a vector of {@code source} can lend its buffers to one of {@code target}. The zone of a
   * timestamp does not matter: values are UTC in any case. Names matter for fields of structs only.
   */
  static boolean same(Field source, Field target) {
    if (source.getDictionary() != null || !sameType(source.getType(), target.getType())) {
      return false;
    }
    List<Field> sourceChildren = source.getChildren();
    List<Field> targetChildren = target.getChildren();
    if (sourceChildren.size() != targetChildren.size()) {
      return false;
    }
    boolean struct = target.getType() instanceof ArrowType.Struct;
    boolean entries = target.getType() instanceof ArrowType.Map;
    for (int i = 0; i < sourceChildren.size(); i++) {
      Field s = sourceChildren.get(i);
      Field t = targetChildren.get(i);
      boolean fits = entries ? sameEntries(s, t) : same(s, t);
      if (!fits || (struct && !s.getName().equals(t.getName()))) {
        return false;
      }
    }
    return true;
  }

  /** Key and value of a map are known by position, whatever their names. */
  private static boolean sameEntries(Field source, Field target) {
    return source.getChildren().size() == 2
        && same(source.getChildren().get(0), target.getChildren().get(0))
        && same(source.getChildren().get(1), target.getChildren().get(1));
  }

  private static boolean sameType(ArrowType source, ArrowType target) {
    if (source instanceof ArrowType.Timestamp s && target instanceof ArrowType.Timestamp t) {
      return s.getUnit() == t.getUnit() && (s.getTimezone() == null) == (t.getTimezone() == null);
    }
    return source instanceof ArrowType.Map
        ? target instanceof ArrowType.Map
        : source.equals(target);
  }

  /**
   * Makes {@code target}, an empty vector of the same layout, hold the values of {@code source}.
   * The buffers are shared where both allocators have the same root, copied otherwise; the source
   * stays as it is.
   */
  static void lend(FieldVector source, FieldVector target, int rows, BufferAllocator allocator) {
    VectorSchemaRoot from = new VectorSchemaRoot(List.of(source.getField()), List.of(source), rows);
    VectorSchemaRoot to = new VectorSchemaRoot(List.of(target));
    boolean shared = source.getAllocator().getRoot() == allocator.getRoot();
    try (ArrowRecordBatch lent = new VectorUnloader(from).getRecordBatch()) {
      if (shared) {
        new VectorLoader(to).load(lent);
      } else {
        try (ArrowRecordBatch copied = copy(lent, allocator)) {
          new VectorLoader(to).load(copied);
        }
      }
    }
  }

  private static ArrowRecordBatch copy(ArrowRecordBatch batch, BufferAllocator allocator) {
    List<ArrowBuf> copies = new ArrayList<>();
    try {
      for (ArrowBuf buffer : batch.getBuffers()) {
        long size = buffer.readableBytes();
        ArrowBuf copy = allocator.buffer(size);
        copies.add(copy);
        copy.setBytes(0, buffer, buffer.readerIndex(), size);
        copy.writerIndex(size);
      }
      return new ArrowRecordBatch(batch.getLength(), batch.getNodes(), copies);
    } finally {
      // The batch retains what it holds.
      copies.forEach(ArrowBuf::close);
    }
  }
}
