package io.neuralake.write;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.meta.ComputedColumns;
import io.neuralake.internal.plan.NewTable;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Creates a table. An immutable value: each method returns a refined one, {@link #commit} acts.
 * Thread-safe.
 *
 * <p><b>Races.</b> Of any number of processes that create the same table, one does; with {@link
 * #ifNotExists} the others join it, provided that they asked for the same columns and partitioning.
 */
public final class Create extends WriteOperation<Create> {

  private final TableContext table;
  private final NewTable request;

  private Create(TableContext table, NewTable request) {
    super(table.table());
    this.table = table;
    this.request = request;
  }

  /** For {@code NeuralTable}. */
  public Create(TableContext table, StructType schema) {
    this(
        table,
        new NewTable(
            schema, List.of(), Map.of(), null, NewTable.IfExists.FAIL, CommitOptions.NONE));
  }

  @Override
  CommitOptions options() {
    return request.options();
  }

  @Override
  Create with(CommitOptions options) {
    return new Create(
        table,
        new NewTable(
            request.schema(),
            request.partitionColumns(),
            request.properties(),
            request.comment(),
            request.ifExists(),
            options));
  }

  private Create column(String name, UnaryOperator<StructField> change) {
    List<StructField> fields = new ArrayList<>(request.schema().fields());
    int at = 0;
    while (at < fields.size() && !fields.get(at).getName().equalsIgnoreCase(name)) {
      at++;
    }
    if (at == fields.size()) {
      throw new InvalidRequestException(
          table.table()
              + ": there is no column '"
              + name
              + "' in the schema of the new table. It has "
              + request.schema().fieldNames()
              + ".");
    }
    fields.set(at, change.apply(fields.get(at)));
    return new Create(
        table,
        new NewTable(
            new StructType(fields),
            request.partitionColumns(),
            request.properties(),
            request.comment(),
            request.ifExists(),
            request.options()));
  }

  /**
   * Makes a top-level column of the schema a generated one: its value is that of an expression over
   * other columns. Rows need not have it; if they do, their value must be the same.
   *
   * @param sql such as {@code CAST(ts AS DATE)}; dates and times are in UTC
   */
  public Create generatedColumn(String column, String sql) {
    return column(column, field -> ComputedColumns.generated(field, sql));
  }

  /**
   * Gives a top-level column of the schema a default: what rows get that do not have the column.
   *
   * @param sql as in {@link Alter#setDefault}
   */
  public Create defaultValue(String column, String sql) {
    return column(column, field -> ComputedColumns.withDefault(field, sql));
  }

  /**
   * Makes a top-level long column of the schema an identity column: rows do not have it, and get
   * numbers that no other row has, in order, perhaps with gaps.
   *
   * @param start the first number
   * @param step from one number to the next, not 0
   */
  public Create identityColumn(String column, long start, long step) {
    return column(column, field -> ComputedColumns.identity(field, start, step, false));
  }

  private Create with(
      List<String> partitionColumns,
      Map<String, String> properties,
      @Nullable String comment,
      NewTable.IfExists ifExists) {
    return new Create(
        table,
        new NewTable(
            request.schema(), partitionColumns, properties, comment, ifExists, request.options()));
  }

  /** Top-level columns whose values lie in folders of their own. Replaces earlier ones. */
  public Create partitionedBy(String... columns) {
    return with(List.of(columns), request.properties(), request.comment(), request.ifExists());
  }

  /** A table property, such as {@code delta.checkpointInterval}, or one of your own. */
  public Create property(String key, String value) {
    Map<String, String> properties = new LinkedHashMap<>(request.properties());
    properties.put(key, value);
    return with(request.partitionColumns(), properties, request.comment(), request.ifExists());
  }

  /** Several properties. */
  public Create properties(Map<String, String> more) {
    Map<String, String> properties = new LinkedHashMap<>(request.properties());
    properties.putAll(more);
    return with(request.partitionColumns(), properties, request.comment(), request.ifExists());
  }

  /** What the table is about. */
  public Create comment(String text) {
    return with(request.partitionColumns(), request.properties(), text, request.ifExists());
  }

  /** Join a table that exists, if it has the same columns and partitioning. */
  public Create ifNotExists() {
    return with(
        request.partitionColumns(),
        request.properties(),
        request.comment(),
        NewTable.IfExists.JOIN);
  }

  /** Replace a table that exists: schema, partitioning, properties and rows, in one version. */
  public Create orReplace() {
    return with(
        request.partitionColumns(),
        request.properties(),
        request.comment(),
        NewTable.IfExists.REPLACE);
  }

  /**
   * Creates, joins or replaces the table.
   *
   * @return {@code committed()} is false if an existing table was joined; its version is that
   *     table's; or if the {@link #transaction} was recorded before
   * @throws io.neuralake.error.InvalidRequestException if the schema, the partitioning or a
   *     property is refused, if the table exists (without {@link #ifNotExists} or {@link
   *     #orReplace}), or exists with other columns
   * @throws io.neuralake.error.CommitStateUnknownException if the storage does not say whether it
   *     worked
   */
  @Override
  public CommitResult commit() {
    return Results.of(table, request.options(), request.commit(table));
  }
}
