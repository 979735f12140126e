package io.neuralake.internal.columnar;

import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;

/** An array or map column. */
final class ListNode implements ColumnNode {
  private final LeafReader witness;
  private final Slots slots;
  private final int definition;
  private final Slots elementSlots;
  private final ColumnNode element;

  /**
   * A list.
   *
   * @param witness a leaf below the list in the file
   * @param definition level from which on the list is not null
   * @param elementSlots where elements are; their definition level is that of a list with elements
   */
  ListNode(
      LeafReader witness, Slots slots, int definition, Slots elementSlots, ColumnNode element) {
    this.witness = witness;
    this.slots = slots;
    this.definition = definition;
    this.elementSlots = elementSlots;
    this.element = element;
  }

  @Override
  public LeafReader witness() {
    return witness;
  }

  @Override
  public void fill(FieldVector vector, int count) {
    ListVector list = (ListVector) vector;
    list.setInitialCapacity(count);
    list.allocateNew();
    LeafBatch batch = witness.batch();
    int slot = 0;
    int elements = 0;
    for (int i = 0; i < batch.levelCount; i++) {
      if (slots.includes(batch, i)) {
        if (slot == count) {
          Slots.check(slot + 1, count);
        }
        list.getOffsetBuffer().setInt((long) slot * ListVector.OFFSET_WIDTH, elements);
        if (batch.definitions[i] >= definition) {
          BitVectorHelper.setBit(list.getValidityBuffer(), slot);
        }
        slot++;
      }
      if (elementSlots.includes(batch, i)) {
        elements++;
      }
    }
    Slots.check(slot, count);
    list.getOffsetBuffer().setInt((long) count * ListVector.OFFSET_WIDTH, elements);
    element.fill(list.getDataVector(), elements);
    list.setLastSet(count - 1);
    list.setValueCount(count);
  }
}
