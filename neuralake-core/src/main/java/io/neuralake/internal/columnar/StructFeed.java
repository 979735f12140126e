package io.neuralake.internal.columnar;

import io.neuralake.error.InvalidRequestException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** Writes structs, variants and the entries of maps. */
final class StructFeed extends NestedFeed {
  private final List<String> childNames;
  private final List<ColumnFeed> children;
  private final Entries inner = new Entries();
  private @Nullable StructVector vector;

  /**
   * A struct.
   *
   * @param childNames the children of the vector, in the order of {@code children}
   * @param stats counts nulls of the struct itself, for variants; null otherwise
   */
  StructFeed(
      String name,
      boolean nullable,
      List<String> childNames,
      List<ColumnFeed> children,
      @Nullable LeafStats stats) {
    super(name, nullable, stats);
    this.childNames = childNames;
    this.children = children;
  }

  @Override
  public void bind(FieldVector newVector) {
    if (!(newVector instanceof StructVector struct)) {
      throw new InvalidRequestException(
          "column " + name + " takes a StructVector, not " + newVector.getField());
    }
    vector = struct;
    for (int i = 0; i < children.size(); i++) {
      FieldVector child = struct.getChild(childNames.get(i));
      if (child == null) {
        throw new InvalidRequestException(
            "column " + name + " lacks its field " + childNames.get(i) + ": " + struct.getField());
      }
      children.get(i).bind(child);
    }
  }

  @Override
  public void write(Entries entries) throws IOException {
    StructVector struct = Objects.requireNonNull(vector);
    inner.clear(entries.count);
    for (int i = 0; i < entries.count; i++) {
      int index = entries.indexes[i];
      int definition = entries.definitions[i];
      if (index >= 0 && !struct.isNull(index)) {
        inner.add(index, entries.repetitions[i], nullable ? definition + 1 : definition);
      } else {
        countNull(index);
        inner.add(-1, entries.repetitions[i], definition);
      }
    }
    for (ColumnFeed child : children) {
      child.write(inner);
    }
  }
}
