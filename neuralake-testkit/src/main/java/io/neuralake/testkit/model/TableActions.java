package io.neuralake.testkit.model;

import static io.neuralake.testkit.model.TableArbitraries.ID;
import static io.neuralake.testkit.model.TableArbitraries.MOST_IDS;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;
import org.jspecify.annotations.Nullable;

/**
 * Operations on a table and its model, for jqwik's stateful tests. Each ends by comparing the two.
 *
 * <pre>{@code
 * @Property(tries = 20)
 * void tableIsItsModel(@ForAll("chains") ActionChain<ModelledTable> chain) {
 *   chain.run().checkAllVersions();
 * }
 *
 * @Provide
 * ActionChainArbitrary<ModelledTable> chains() {
 *   return TableActions.chain(() -> ModelledTable.create(newTable(), schema, Map.of()))
 *       .withAction(2, TableActions.of("repack", t -> Arbitraries.just(x -> { .. })));
 * }
 * }</pre>
 */
public final class TableActions {
  private TableActions() {}

  /** Does something to a table and the same to its model. */
  @FunctionalInterface
  public interface Step {
    /**
     * Does it.
     *
     * @param state the table and its model
     */
    void on(ModelledTable state);
  }

  /**
   * Chains of all actions of this class, to which further ones can be added.
   *
   * @param start makes a new table, at a place of its own each time
   * @return an arbitrary of chains
   */
  public static ActionChainArbitrary<ModelledTable> chain(Supplier<ModelledTable> start) {
    return ActionChain.startWith(start)
        .withAction(4, append())
        .withAction(1, overwrite())
        .withAction(2, delete())
        .withAction(2, update())
        .withAction(2, merge())
        .withAction(1, addColumn())
        .withAction(1, restore())
        .withAction(1, optimize());
  }

  /**
   * Makes an action; the table is compared with its model afterwards.
   *
   * @param name for reports of failures
   * @param steps what can be done, for a table as it is then
   * @return the action
   */
  public static Action.Dependent<ModelledTable> of(
      String name, Function<ModelledTable, Arbitrary<Step>> steps) {
    return state ->
        steps
            .apply(state)
            .map(
                step ->
                    Transformer.mutate(
                        name,
                        s -> {
                          step.on(s);
                          s.check();
                        }));
  }

  /**
   * Appends a batch.
   *
   * @return the action
   */
  public static Action.Dependent<ModelledTable> append() {
    return of(
        "append",
        state ->
            TableArbitraries.batches(state.table().schema())
                .map(
                    batch ->
                        s -> {
                          s.table().append(batch).commit();
                          s.model().append(batch);
                        }));
  }

  /**
   * Puts a batch in place of all rows.
   *
   * @return the action
   */
  public static Action.Dependent<ModelledTable> overwrite() {
    return of(
        "overwrite",
        state ->
            TableArbitraries.batches(state.table().schema())
                .map(
                    batch ->
                        s -> {
                          s.table().overwrite(batch).commit();
                          s.model().overwrite(batch);
                        }));
  }

  /**
   * Deletes a range of ids.
   *
   * @return the action
   */
  public static Action.Dependent<ModelledTable> delete() {
    return of(
        "delete",
        state ->
            ranges()
                .map(
                    range ->
                        s -> {
                          s.table().delete().where(range.sql()).commit();
                          s.model().delete(range);
                        }));
  }

  /**
   * Sets the other columns of a range of ids to null, and the id to one more.
   *
   * @return the action
   */
  public static Action.Dependent<ModelledTable> update() {
    return of(
        "update",
        state ->
            ranges()
                .map(
                    range ->
                        s -> {
                          StructType schema = s.table().schema();
                          var update = s.table().update().set(ID, ID + " + 1");
                          for (StructField field : schema.fields()) {
                            if (!field.getName().equals(ID)) {
                              update = update.set(field.getName(), "NULL");
                            }
                          }
                          update.where(range.sql()).commit();
                          s.model().update(range, TableActions::nextIdAlone);
                        }));
  }

  private static Map<String, @Nullable Object> nextIdAlone(Map<String, @Nullable Object> row) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>();
    row.forEach(
        (name, value) ->
            changed.put(name, value instanceof Integer id && name.equals(ID) ? id + 1 : null));
    return changed;
  }

  /**
   * Merges a batch by id: matched rows are updated, new ones inserted.
   *
   * @return the action
   */
  public static Action.Dependent<ModelledTable> merge() {
    return of(
        "merge",
        state ->
            TableArbitraries.rows(state.table().schema())
                .list()
                .uniqueElements(row -> row.get(ID))
                .ofMinSize(1)
                .ofMaxSize(10)
                .map(
                    batch ->
                        s -> {
                          s.table()
                              .merge(batch)
                              .sourceSchema(s.table().schema())
                              .on("t." + ID + " = s." + ID)
                              .whenMatched()
                              .updateAll()
                              .whenNotMatched()
                              .insertAll()
                              .commit();
                          s.model().merge(batch);
                        }));
  }

  /**
   * Adds a column, which is null in all rows.
   *
   * @return the action
   */
  public static Action.Dependent<ModelledTable> addColumn() {
    return of(
        "add column",
        state ->
            TableArbitraries.types()
                .map(
                    type ->
                        s -> {
                          String name = "c" + (s.table().schema().length() - 1);
                          s.table().alter().addColumn(name, type).commit();
                          s.model().addColumn(name);
                        }));
  }

  /**
   * Goes back to an earlier version, by a new one.
   *
   * @return the action
   */
  public static Action.Dependent<ModelledTable> restore() {
    return of(
        "restore",
        state ->
            Arbitraries.longs()
                .between(0, state.model().version())
                .map(
                    version ->
                        s -> {
                          long before = s.table().version();
                          s.table().restore().toVersion(version).commit();
                          if (s.table().version() > before) {
                            s.model().restore(version);
                          }
                        }));
  }

  /**
   * Makes few files of many.
   *
   * @return the action
   */
  public static Action.Dependent<ModelledTable> optimize() {
    return of(
        "optimize",
        state ->
            Arbitraries.just(
                s -> {
                  long before = s.table().version();
                  s.table().optimize().run();
                  for (long version = before; version < s.table().version(); version++) {
                    s.model().commitWithoutChange();
                  }
                }));
  }

  private static Arbitrary<Range> ranges() {
    Arbitrary<Integer> ids = Arbitraries.integers().between(0, MOST_IDS);
    return Combinators.combine(ids, ids).as((a, b) -> new Range(Math.min(a, b), Math.max(a, b)));
  }

  /** Ids, both ends included. */
  private record Range(int from, int to) implements Predicate<Map<String, @Nullable Object>> {
    String sql() {
      return ID + " >= " + from + " AND " + ID + " <= " + to;
    }

    @Override
    public boolean test(Map<String, @Nullable Object> row) {
      return row.get(ID) instanceof Integer id && id >= from && id <= to;
    }
  }
}
