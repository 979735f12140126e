package io.neuralake.testkit.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a table must hold: rows in memory, in each of its versions. The oracle beside a real table.
 * Not thread-safe.
 */
public final class TableModel {
  private final List<List<Map<String, @Nullable Object>>> versions = new ArrayList<>();

  /** Makes the model of a table that was just created: version 0, without rows. */
  public TableModel() {
    versions.add(List.of());
  }

  /**
   * Returns the newest version.
   *
   * @return 0 and more
   */
  public long version() {
    return versions.size() - 1L;
  }

  /**
   * Returns the rows of a version.
   *
   * @param version 0 to {@link #version()}
   * @return the rows, in no particular order; immutable
   */
  public List<Map<String, @Nullable Object>> rows(long version) {
    return versions.get((int) version);
  }

  /**
   * Returns the rows of the newest version.
   *
   * @return the rows, in no particular order; immutable
   */
  public List<Map<String, @Nullable Object>> rows() {
    return rows(version());
  }

  /**
   * Adds rows, as an append does.
   *
   * @param more the rows
   */
  public void append(List<Map<String, @Nullable Object>> more) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>(rows());
    all.addAll(more);
    commit(all);
  }

  /**
   * Puts rows in place of all, as an overwrite does.
   *
   * @param rows the rows
   */
  public void overwrite(List<Map<String, @Nullable Object>> rows) {
    commit(rows);
  }

  /**
   * Takes rows out, as a delete does; if there are none, there is no version.
   *
   * @param condition which
   */
  public void delete(Predicate<Map<String, @Nullable Object>> condition) {
    if (rows().stream().anyMatch(condition)) {
      commit(rows().stream().filter(condition.negate()).toList());
    }
  }

  /**
   * Changes rows, as an update does; if there are none, there is no version.
   *
   * @param condition which
   * @param change makes a changed copy
   */
  public void update(
      Predicate<Map<String, @Nullable Object>> condition,
      UnaryOperator<Map<String, @Nullable Object>> change) {
    if (rows().stream().anyMatch(condition)) {
      commit(rows().stream().map(r -> condition.test(r) ? change.apply(r) : r).toList());
    }
  }

  /**
   * Updates all columns of rows by their {@link TableArbitraries#ID}, and inserts those of new ids,
   * as a merge with these two clauses does.
   *
   * @param source the rows, one of each id
   */
  public void merge(List<Map<String, @Nullable Object>> source) {
    Map<@Nullable Object, Map<String, @Nullable Object>> left = new LinkedHashMap<>();
    source.forEach(row -> left.put(row.get(TableArbitraries.ID), row));
    List<Map<String, @Nullable Object>> merged = new ArrayList<>();
    for (Map<String, @Nullable Object> row : rows()) {
      Map<String, @Nullable Object> by = left.get(row.get(TableArbitraries.ID));
      merged.add(by == null ? row : by);
    }
    rows().forEach(row -> left.remove(row.get(TableArbitraries.ID)));
    merged.addAll(left.values());
    commit(merged);
  }

  /**
   * Adds a column of nulls.
   *
   * @param name the column
   */
  public void addColumn(String name) {
    commit(
        rows().stream()
            .map(
                row -> {
                  Map<String, @Nullable Object> wider = new LinkedHashMap<>(row);
                  wider.put(name, null);
                  return wider;
                })
            .toList());
  }

  /** Adds a version that changes no row, as an optimization does. */
  public void commitWithoutChange() {
    commit(rows());
  }

  /**
   * Goes back to the rows of a version, by a new one, as a restore does.
   *
   * @param version to which
   */
  public void restore(long version) {
    commit(rows(version));
  }

  private void commit(List<Map<String, @Nullable Object>> rows) {
    versions.add(Collections.unmodifiableList(new ArrayList<>(rows)));
  }
}
