package io.neuralake.write;

import io.delta.kernel.types.DataType;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.meta.ColumnPath;
import io.neuralake.internal.meta.PropertyChanges;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.SchemaAlterations;
import io.neuralake.internal.meta.TableDefinition;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.plan.AlterJob;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes a table's schema and properties without touching its files. An immutable value: each
 * method adds a change, {@link #commit} makes all of them in one version. Thread-safe.
 *
 * <p>Columns are named by paths: {@code position.x} is a field of a struct, {@code
 * points.element.x} one of a struct in an array, {@code tags.value.x} one of a struct in a map;
 * names with other characters stand in backticks.
 *
 * <p><b>Conflicts.</b> After a concurrent change of the schema or properties the changes are made
 * again on the new ones, or refused if they no longer make sense.
 */
public final class Alter extends WriteOperation<Alter> {

  private final TableContext table;
  private final AlterJob job;

  private Alter(TableContext table, AlterJob job) {
    super(table.table());
    this.table = table;
    this.job = job;
  }

  /** For {@code NeuralTable}. */
  public Alter(TableContext table) {
    this(table, new AlterJob(List.of(), CommitOptions.NONE));
  }

  private Alter and(
      String operation, Map<String, ?> parameters, UnaryOperator<TableMetadata> change) {
    return step(
        operation,
        parameters,
        table -> new TableDefinition(table.protocol(), change.apply(table.metadata())));
  }

  private Alter step(
      String operation, Map<String, ?> parameters, UnaryOperator<TableDefinition> change) {
    List<AlterJob.Step> steps = new ArrayList<>(job.steps());
    steps.add(new AlterJob.Step(operation, parameters, change));
    return new Alter(table, new AlterJob(List.copyOf(steps), job.options()));
  }

  private Alter column(
      String operation,
      Map<String, ?> parameters,
      Function<SchemaAlterations, TableMetadata> change) {
    LakeRuntime runtime = table.runtime();
    return and(
        operation,
        parameters,
        metadata -> change.apply(new SchemaAlterations(metadata, runtime::newUuid, table.table())));
  }

  private static Map<String, String> column(String path, DataType type) {
    Map<String, String> column = new LinkedHashMap<>();
    column.put("name", path);
    column.put("type", type.toString());
    return column;
  }

  /** Adds a nullable column at the end; it is null in the rows that are there. */
  public Alter addColumn(String path, DataType type) {
    return add(path, type, null, new SchemaAlterations.Position.Last());
  }

  /** Adds a nullable column at the end, with a comment. */
  public Alter addColumn(String path, DataType type, String comment) {
    return add(path, type, comment, new SchemaAlterations.Position.Last());
  }

  /** Adds a nullable column before its siblings. */
  public Alter addColumnFirst(String path, DataType type) {
    return add(path, type, null, new SchemaAlterations.Position.First());
  }

  /**
   * Adds a nullable column behind a sibling.
   *
   * @param sibling name without its parents
   */
  public Alter addColumnAfter(String sibling, String path, DataType type) {
    return add(path, type, null, new SchemaAlterations.Position.After(sibling));
  }

  private Alter add(
      String path, DataType type, @Nullable String comment, SchemaAlterations.Position position) {
    return column(
        "ADD COLUMNS",
        Map.of("columns", List.of(Map.of("column", column(path, type)))),
        schema -> schema.addColumn(ColumnPath.parse(path), type, true, comment, position));
  }

  /**
   * Renames a column. The table needs column mapping: set {@code delta.columnMapping.mode} to
   * {@code name} first, in the same {@code alter()} if you like.
   *
   * @param newName without its parents
   */
  public Alter renameColumn(String path, String newName) {
    return column(
        "RENAME COLUMN",
        Map.of("oldColumnPath", path, "newColumnPath", newName),
        schema -> schema.renameColumn(ColumnPath.parse(path), newName));
  }

  /** Drops a column; its data stays in the files, unread. The table needs column mapping. */
  public Alter dropColumn(String path) {
    return column(
        "DROP COLUMNS",
        Map.of("columns", List.of(path)),
        schema -> schema.dropColumn(ColumnPath.parse(path)));
  }

  /** Lets a column be null from now on. */
  public Alter dropNotNull(String path) {
    return column(
        "CHANGE COLUMN",
        Map.of("column", Map.of("name", path)),
        schema -> schema.relaxNullability(ColumnPath.parse(path)));
  }

  /** Says what a column is about. */
  public Alter comment(String path, String text) {
    return column(
        "CHANGE COLUMN",
        Map.of("column", Map.of("name", path)),
        schema -> schema.comment(ColumnPath.parse(path), text));
  }

  /**
   * Gives a column a wider type, such as long instead of integer. The table needs the property
   * {@code delta.enableTypeWidening}.
   */
  public Alter widenType(String path, DataType type) {
    return column(
        "CHANGE COLUMN",
        Map.of("column", column(path, type)),
        schema -> schema.widenType(ColumnPath.parse(path), type));
  }

  /**
   * Adds a CHECK constraint: a condition that must be true (not null) of every row. The rows that
   * are there are checked first, by a scan for one that breaks it.
   *
   * @param name ignores case
   * @param sql over the table's columns, which are there already
   */
  public Alter addConstraint(String name, String sql) {
    return and(
        "ADD CONSTRAINT",
        Map.of("name", name, "expr", sql),
        metadata -> PropertyChanges.addConstraint(metadata, name, sql, table.table()));
  }

  /** Drops a CHECK constraint, which must be there. */
  public Alter dropConstraint(String name) {
    return dropConstraint(name, false);
  }

  /** Drops a CHECK constraint. */
  public Alter dropConstraint(String name, boolean ifExists) {
    return and(
        "DROP CONSTRAINT",
        Map.of("name", name),
        metadata -> PropertyChanges.dropConstraint(metadata, name, ifExists, table.table()));
  }

  /**
   * Gives a top-level column a default: what rows get that do not have the column. Rows that are
   * there stay as they are, and a null in a row is a value.
   *
   * @param sql an expression without columns, or one of {@code current_timestamp()}, {@code now()}
   *     and {@code current_date()}, which stand for the time at which the write begins
   */
  public Alter setDefault(String column, String sql) {
    return defaultOf(column, sql);
  }

  /** Takes a column's default away. */
  public Alter dropDefault(String column) {
    return defaultOf(column, null);
  }

  private Alter defaultOf(String column, @Nullable String sql) {
    return column(
        "CHANGE COLUMN",
        Map.of("column", Map.of("name", column)),
        schema -> schema.setDefault(ColumnPath.parse(column), sql));
  }

  /** Adds a table feature, such as {@code deletionVectors}, to the protocol. */
  public Alter enableFeature(String feature) {
    return setProperty("delta.feature." + feature, "supported");
  }

  /**
   * Takes a table feature out of the protocol. Possible for appendOnly, invariants,
   * checkConstraints, generatedColumns, identityColumns and allowColumnDefaults, once nothing in
   * schema and properties uses them; with others, data files, history or metadata domains would
   * have to be rewritten, and they are refused.
   */
  public Alter dropFeature(String feature) {
    return step(
        "DROP FEATURE",
        Map.of("featureName", feature),
        before ->
            new TableDefinition(
                ProtocolRules.without(before.protocol(), before.metadata(), feature, table.table()),
                before.metadata()));
  }

  /** Sets a property; those that need a table feature upgrade the protocol. */
  public Alter setProperty(String key, String value) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put(key, value);
    return and(
        "SET TBLPROPERTIES",
        Map.of("properties", properties),
        metadata -> PropertyChanges.set(metadata, properties, table.table()));
  }

  /** Takes a property away. */
  public Alter unsetProperty(String key) {
    return and(
        "UNSET TBLPROPERTIES",
        Map.of("properties", List.of(key)),
        metadata -> PropertyChanges.unset(metadata, Set.of(key), table.table()));
  }

  /** Says what the table is about. */
  public Alter tableComment(String text) {
    return and(
        "SET TBLPROPERTIES", Map.of(), metadata -> metadata.withNames(metadata.name(), text));
  }

  @Override
  CommitOptions options() {
    return job.options();
  }

  @Override
  Alter with(CommitOptions options) {
    return new Alter(table, new AlterJob(job.steps(), options));
  }

  /**
   * Makes the changes.
   *
   * @return {@code committed()} is false if nothing was different from before, or the {@link
   *     #transaction} was recorded before
   * @throws io.neuralake.error.InvalidRequestException if a change is refused; names the column,
   *     the reason and the remedy, and nothing is changed
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   * @throws io.neuralake.error.CommitConflictException if others won until the deadline
   */
  @Override
  public CommitResult commit() {
    return Results.of(table, job.options(), job.commit(table));
  }
}
