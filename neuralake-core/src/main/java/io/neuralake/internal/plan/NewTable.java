package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.TableDefinition;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitOutcome;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import io.neuralake.internal.txn.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Creates a table, joins one that others created, or replaces one.
 *
 * @param schema the columns
 * @param partitionColumns names as the user spelled them
 * @param properties as the user gave them
 * @param comment what the table is about, null for nothing
 * @param ifExists what to do with a table that is there
 * @param options what the caller says of the commit
 */
public record NewTable(
    StructType schema,
    List<String> partitionColumns,
    Map<String, String> properties,
    @Nullable String comment,
    IfExists ifExists,
    CommitOptions options) {

  /** What to do if there is a table already. */
  public enum IfExists {
    FAIL,
    JOIN,
    REPLACE
  }

  /** Does it. */
  public CommitOutcome commit(TableContext table) {
    TableDefinition wanted =
        TableDefinition.create(
            new TableDefinition.Request(schema, partitionColumns, properties, null, comment),
            table.runtime().clock().millis(),
            table.runtime()::newUuid,
            table.table());
    RowCompletion.validate(null, wanted.metadata(), table.runtime().clock(), table.table());
    Optional<LogSnapshot> existing = table.log().latestIfExists();
    TableState start = existing.map(TableState::of).orElse(TableState.ABSENT);
    return Transaction.run(
        table,
        start,
        state ->
            state.exists()
                ? overExisting(table, state, wanted)
                : plan(
                    "CREATE TABLE",
                    wanted.protocol(),
                    wanted.metadata(),
                    List.of(),
                    CommitPlan.Reads.NOTHING),
        Engine.INFO);
  }

  private @Nullable CommitPlan overExisting(
      TableContext table, TableState state, TableDefinition wanted) {
    if (table.holder(state, options.transaction()).isPresent()) {
      return null;
    }
    return switch (ifExists) {
      case FAIL ->
          throw new InvalidRequestException(
              table.table()
                  + ": a table exists here already (version "
                  + state.version()
                  + "). Use ifNotExists() to join it, or orReplace() to replace it.");
      case JOIN -> {
        checkSame(table, state.requireMetadata(), wanted.metadata());
        yield null;
      }
      case REPLACE -> replace(table, state, wanted);
    };
  }

  private static void checkSame(TableContext table, TableMetadata there, TableMetadata wanted) {
    if (!SchemaShape.same(there.schema(), wanted.schema())) {
      throw new InvalidRequestException(
          table.table()
              + ": a table exists here already, with another schema: "
              + SchemaShape.difference(there.schema(), wanted.schema())
              + ". Open it without creating it, or choose another location.");
    }
    if (!there.partitionColumns().equals(wanted.partitionColumns())) {
      throw new InvalidRequestException(
          table.table()
              + ": a table exists here already, partitioned by "
              + there.partitionColumns()
              + " instead of "
              + wanted.partitionColumns()
              + ". Open it without creating it, or choose another location.");
    }
  }

  /** The same table id with all else new; the data of the old version stays for time travel. */
  private CommitPlan replace(TableContext table, TableState state, TableDefinition wanted) {
    TableMetadata there = state.requireMetadata();
    ProtocolRules.checkWritable(state.requireProtocol(), table.table());
    TableProtocol merged = state.requireProtocol().union(wanted.protocol());
    TableMetadata asked = wanted.metadata();
    TableMetadata replaced =
        new TableMetadata(
            there.id(),
            there.name(),
            comment,
            asked.format(),
            asked.schema(),
            asked.schemaString(),
            asked.partitionColumns(),
            asked.configuration(),
            there.createdTime());
    List<Action.Remove> removes =
        Removals.all(table, state.version(), table.runtime().clock().millis(), there);
    // An empty table was read too: what others append meanwhile has to go.
    return plan(
        "REPLACE TABLE",
        merged.equals(state.requireProtocol()) ? null : merged,
        replaced,
        removes,
        CommitPlan.Reads.EVERYTHING);
  }

  private CommitPlan plan(
      String operation,
      @Nullable TableProtocol protocol,
      TableMetadata metadata,
      List<? extends Action> removes,
      CommitPlan.Reads reads) {
    List<Action> actions = new ArrayList<>();
    if (options.transaction() != null) {
      actions.add(options.transaction());
    }
    actions.addAll(removes);
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("partitionBy", Engine.jsonArray(metadata.partitionColumns()));
    parameters.put("properties", Engine.jsonObject(metadata.configuration()));
    parameters.put("isManaged", "false");
    if (metadata.description() != null) {
      parameters.put("description", metadata.description());
    }
    return new CommitPlan(
        operation, parameters, Map.of(), reads, protocol, metadata, actions, options);
  }
}
