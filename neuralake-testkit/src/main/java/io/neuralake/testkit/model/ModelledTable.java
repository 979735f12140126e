package io.neuralake.testkit.model;

import io.delta.kernel.types.StructType;
import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import io.neuralake.read.TableSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real table and the model of it, changed together: the state of a chain of {@link TableActions}.
 * Not thread-safe.
 */
public final class ModelledTable {
  private final NeuralTable table;
  private final TableModel model = new TableModel();

  private ModelledTable(NeuralTable table) {
    this.table = table;
  }

  /**
   * Creates a table and its model.
   *
   * @param table a handle on a place where no table is yet
   * @param schema the schema
   * @param properties of the table, such as {@code delta.enableDeletionVectors}
   * @return both
   */
  public static ModelledTable create(
      NeuralTable table, StructType schema, Map<String, String> properties) {
    var create = table.create(schema);
    for (Map.Entry<String, String> property : properties.entrySet()) {
      create = create.property(property.getKey(), property.getValue());
    }
    create.commit();
    return new ModelledTable(table);
  }

  /**
   * Returns the table.
   *
   * @return the real one
   */
  public NeuralTable table() {
    return table;
  }

  /**
   * Returns the model.
   *
   * @return the oracle
   */
  public TableModel model() {
    return model;
  }

  /**
   * Compares the newest version.
   *
   * @throws AssertionError if the table holds other rows than the model, or has another version
   */
  public void check() {
    if (table.version() != model.version()) {
      throw new AssertionError(
          table.location()
              + " has version "
              + table.version()
              + ", but must have "
              + model.version());
    }
    compare(table.latest(), model.rows(), false);
  }

  /**
   * Compares every version, as time travel sees it.
   *
   * @throws AssertionError if one holds other rows than the model
   */
  public void checkAllVersions() {
    check();
    for (long version = 0; version <= model.version(); version++) {
      compare(table.asOf(version), model.rows(version), true);
    }
  }

  private void compare(
      TableSnapshot snapshot, List<Map<String, @Nullable Object>> expected, boolean travel) {
    List<Map<String, @Nullable Object>> there;
    try (Rows<Map<String, @Nullable Object>> rows = snapshot.scan().maps()) {
      there = new ArrayList<>(rows.stream().toList());
    }
    Map<Object, Integer> bag = new HashMap<>();
    expected.forEach(row -> bag.merge(row, 1, Integer::sum));
    there.forEach(row -> bag.merge(row, -1, Integer::sum));
    bag.values().removeIf(count -> count == 0);
    if (!bag.isEmpty()) {
      throw new AssertionError(
          table.location()
              + " as of version "
              + snapshot.version()
              + (travel ? " (time travel)" : "")
              + " does not hold what was written; rows missing (above 0) and rows too many (below):"
              + " "
              + bag);
    }
    if (snapshot.scan().count() != expected.size()) {
      throw new AssertionError(
          table.location()
              + " as of version "
              + snapshot.version()
              + " counts "
              + snapshot.scan().count()
              + " rows, but holds "
              + expected.size());
    }
  }

  @Override
  public String toString() {
    return table.location() + " at version " + model.version();
  }
}
