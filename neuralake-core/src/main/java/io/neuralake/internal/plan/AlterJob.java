package io.neuralake.internal.plan;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.ColumnPath;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.SchemaRules;
import io.neuralake.internal.meta.TableDefinition;
import io.neuralake.internal.meta.TableFeature;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitOutcome;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import io.neuralake.internal.txn.Transaction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes a table's metadata, step by step, in one version.
 *
 * @param steps in order
 * @param options what the caller says of the commit
 */
public record AlterJob(List<Step> steps, CommitOptions options) {

  /**
   * One change.
   *
   * @param operation name as Spark writes it
   * @param parameters operation parameters: texts, and lists and maps that are written as JSON
   * @param change the table before to the table after
   */
  public record Step(
      String operation, Map<String, ?> parameters, UnaryOperator<TableDefinition> change) {}

  /** Does it. */
  public CommitOutcome commit(TableContext table) {
    if (steps.isEmpty()) {
      throw new InvalidRequestException(
          table.table() + ": nothing to alter; name a change before commit().");
    }
    return Transaction.run(table, table.refresh(), state -> plan(table, state), Engine.INFO);
  }

  private @Nullable CommitPlan plan(TableContext table, TableState state) {
    Action.SetTransaction transaction = options.transaction();
    if (table.holder(state, transaction).isPresent()) {
      return null;
    }
    TableMetadata before = state.requireMetadata();
    ProtocolRules.checkWritable(state.requireProtocol(), table.table());
    TableDefinition definition = new TableDefinition(state.requireProtocol(), before);
    for (Step step : steps) {
      definition = step.change().apply(definition);
    }
    definition = definition.change(definition.metadata(), table.table());
    TableProtocol protocol = definition.protocol();
    TableMetadata after = definition.metadata();
    SchemaRules.validate(after, table.table());
    RowCompletion.validate(before, after, table.runtime().clock(), table.table());
    checkClustering(table, state, after);
    boolean sameProtocol = protocol.equals(state.requireProtocol());
    if (sameProtocol && after.equals(before)) {
      return null;
    }
    Step first = steps.get(0);
    boolean alike = steps.stream().allMatch(s -> s.operation().equals(first.operation()));
    return new CommitPlan(
        alike ? first.operation() : "ALTER TABLE",
        parameters(),
        Map.of(),
        NewConstraints.check(table, state, after),
        sameProtocol ? null : protocol,
        after.equals(before) ? null : after,
        transaction == null ? List.of() : List.of(transaction),
        options);
  }

  private Map<String, String> parameters() {
    Map<String, String> texts = new LinkedHashMap<>();
    if (steps.size() > 1) {
      texts.put("changes", Integer.toString(steps.size()));
    } else {
      steps.get(0).parameters().forEach((name, value) -> texts.put(name, Engine.text(value)));
    }
    return texts;
  }

  /** Columns by which a table is clustered stand outside the metadata, by physical name. */
  private static void checkClustering(TableContext table, TableState state, TableMetadata after) {
    if (!state.requireProtocol().supports(TableFeature.CLUSTERING)
        || SchemaShape.same(state.requireMetadata().schema(), after.schema())) {
      return;
    }
    String domain = table.log().at(state.version()).domains().get(Clustering.DOMAIN);
    for (ColumnPath physical : Clustering.columns(domain, table.table())) {
      ColumnMapping.Mode mode = after.properties().columnMappingMode();
      if (ColumnMapping.toLogical(after.schema(), mode, physical).isEmpty()) {
        throw new InvalidRequestException(
            table.table()
                + ": the table is clustered by the column '"
                + ColumnMapping.toLogical(
                        state.requireMetadata().schema(),
                        state.requireMetadata().properties().columnMappingMode(),
                        physical)
                    .orElse(physical)
                + "', which therefore cannot be dropped. Cluster it by other columns first.");
      }
    }
  }
}
