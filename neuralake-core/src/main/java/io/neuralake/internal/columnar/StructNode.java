package io.neuralake.internal.columnar;

import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;

/** A struct column; also the entries of a map, which are never null. */
final class StructNode implements ColumnNode {
  private final LeafReader witness;
  private final Slots slots;
  private final int definition;
  private final List<ColumnNode> children;

  /**
   * A struct.
   *
   * @param witness a leaf below the struct in the file
   * @param definition level from which on the struct is not null
   * @param children in the order of the vector's children
   */
  StructNode(LeafReader witness, Slots slots, int definition, List<ColumnNode> children) {
    this.witness = witness;
    this.slots = slots;
    this.definition = definition;
    this.children = children;
  }

  @Override
  public LeafReader witness() {
    return witness;
  }

  @Override
  public void fill(FieldVector vector, int count) {
    StructVector struct = (StructVector) vector;
    struct.setInitialCapacity(count);
    struct.allocateNew();
    LeafBatch batch = witness.batch();
    int slot = 0;
    boolean anyDefined = false;
    for (int i = 0; i < batch.levelCount; i++) {
      if (slots.includes(batch, i)) {
        if (slot == count) {
          Slots.check(slot + 1, count);
        }
        if (batch.definitions[i] >= definition) {
          struct.setIndexDefined(slot);
          anyDefined = true;
        }
        slot++;
      }
    }
    Slots.check(slot, count);
    for (int i = 0; i < children.size(); i++) {
      // Checkpoints are full of structs that a whole batch does not have.
      ColumnNode child = anyDefined ? children.get(i) : ConstantNode.NULL;
      child.fill((FieldVector) struct.getChildByOrdinal(i), count);
    }
    struct.setValueCount(count);
  }
}
