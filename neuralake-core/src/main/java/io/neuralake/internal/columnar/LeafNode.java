package io.neuralake.internal.columnar;

import org.apache.arrow.vector.FieldVector;

/** A column of a primitive type. */
final class LeafNode implements ColumnNode {
  private final LeafReader reader;
  private final Slots slots;
  private final LeafConversion conversion;
  private int[] index = new int[0];

  /** How many entries of the index count up from 0. */
  private int ascending;

  LeafNode(LeafReader reader, Slots slots, LeafConversion conversion) {
    this.reader = reader;
    this.slots = slots;
    this.conversion = conversion;
  }

  @Override
  public LeafReader witness() {
    return reader;
  }

  @Override
  public void fill(FieldVector vector, int count) {
    LeafBatch batch = reader.batch();
    if (index.length < count) {
      index = new int[count];
      ascending = 0;
    }
    if (batch.maxRepetition == 0 && batch.levelCount == count && batch.valueCount == count) {
      for (; ascending < count; ascending++) {
        index[ascending] = ascending;
      }
    } else {
      ascending = 0;
      place(batch, count);
    }
    conversion.fill(batch, index, count, vector);
    vector.setValueCount(count);
  }

  /** Finds out where among the values each slot has its own. */
  private void place(LeafBatch batch, int count) {
    int max = batch.maxDefinition;
    int value = 0;
    int slot = 0;
    for (int i = 0; i < batch.levelCount; i++) {
      int definition = batch.definitions[i];
      if (definition >= slots.definition()) {
        if (slot == count) {
          Slots.check(slot + 1, count);
        }
        index[slot++] = definition == max ? value++ : -1;
      }
    }
    Slots.check(slot, count);
  }
}
