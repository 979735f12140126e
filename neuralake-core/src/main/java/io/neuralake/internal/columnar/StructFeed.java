package io.neuralake.internal.columnar;

import io.neuralake.error.InvalidRequestException;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.parquet.column.ColumnWriteStore;
import org.jspecify.annotations.Nullable;

/** Writes structs, variants and the entries of maps. */
final class StructFeed implements ColumnFeed {
  private final String name;
  private final boolean nullable;
  private final List<String> childNames;
  private final List<ColumnFeed> children;
  private final @Nullable LeafStats stats;
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
    this.name = name;
    this.nullable = nullable;
    this.childNames = childNames;
    this.children = children;
    this.stats = stats;
  }

  @Override
  public void startRowGroup(ColumnWriteStore store) {
    children.forEach(child -> child.startRowGroup(store));
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
  public void write(int index, int repetition, int definition) {
    if (Objects.requireNonNull(vector).isNull(index)) {
      if (!nullable) {
        throw new InvalidRequestException(
            "column " + name + " must not be null, but the value at " + index + " is");
      }
      writeNull(repetition, definition);
      return;
    }
    int inner = nullable ? definition + 1 : definition;
    for (ColumnFeed child : children) {
      child.write(index, repetition, inner);
    }
  }

  @Override
  public void writeNull(int repetition, int definition) {
    if (stats != null) {
      stats.addNull();
    }
    for (ColumnFeed child : children) {
      child.writeNull(repetition, definition);
    }
  }
}
