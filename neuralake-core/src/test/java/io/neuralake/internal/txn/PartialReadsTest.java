package io.neuralake.internal.txn;

import static io.neuralake.internal.store.FaultyFileStore.Fault.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.MemoryLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitConflictException;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.expr.SqlExpressions;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.LockProviders;
import io.neuralake.read.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An operation that reads part of the table, through the whole transaction: it removes all files of
 * a partition, as deletes by partition will, and counts how often it is planned.
 */
class PartialReadsTest {

  record Row(String p, int x) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final FaultyFileStore faulty = new FaultyFileStore(files, call -> NONE);
  private final List<Long> plannedOn = new ArrayList<>();

  @BeforeEach
  void create() {
    healthy().create(Row.class).partitionedBy("p").commit();
    healthy().append(List.of(new Row("a", 1), new Row("b", 1))).commit();
  }

  @AfterEach
  void nothingIsHeld() {
    lake.close();
  }

  private NeuralTable healthy() {
    return lake.table(files);
  }

  private CommitOutcome deletePartitionA(Runnable meanwhile) {
    TableContext table = lake.context(faulty, LockProviders.automatic());
    TableState start = table.refresh();
    faulty.follow(
        call -> {
          if (call.isCommit()) {
            faulty.heal();
            meanwhile.run();
          }
          return NONE;
        });
    return Transaction.run(table, start, state -> plan(table, state), "test");
  }

  private CommitPlan plan(TableContext table, TableState state) {
    plannedOn.add(state.version());
    BoundExpr predicate =
        Binder.of(state.requireMetadata().schema()).predicate(SqlExpressions.parse("p = 'a'"));
    List<Action> removes = new ArrayList<>();
    try (LogSnapshot.Files live = table.log().at(state.version()).files(false)) {
      while (live.hasNext()) {
        DataFile file = live.next();
        if ("a".equals(file.partitionValues().get("p"))) {
          removes.add(new Action.Remove(file, 0, true));
        }
      }
    }
    Set<String> read =
        removes.stream().map(r -> ((Action.Remove) r).file().path()).collect(Collectors.toSet());
    return new CommitPlan(
        "DELETE",
        Map.of(),
        Map.of(),
        CommitPlan.Reads.of(List.of(predicate), read),
        null,
        null,
        removes,
        CommitOptions.NONE);
  }

  private List<String> content() {
    try (Rows<Row> rows = healthy().scan().as(Row.class)) {
      return rows.stream().map(r -> r.p() + r.x()).sorted().toList();
    }
  }

  @Test
  void appendsElsewhereDoNotMatter() {
    healthy().alter().setProperty("delta.isolationLevel", "Serializable").commit();

    CommitOutcome outcome =
        deletePartitionA(() -> healthy().append(List.of(new Row("b", 2))).commit());

    assertThat(plannedOn).containsExactly(2L);
    assertThat(outcome.state().version()).isEqualTo(4);
    assertThat(content()).containsExactly("b1", "b2");
  }

  @Test
  void appendToWhatWasReadCountsAsLater() {
    deletePartitionA(() -> healthy().append(List.of(new Row("a", 2))).commit());

    assertThat(plannedOn).containsExactly(1L);
    assertThat(content()).containsExactly("a2", "b1");
  }

  @Test
  void appendToWhatWasReadIsReadAgainIfSerializable() {
    healthy().alter().setProperty("delta.isolationLevel", "Serializable").commit();

    deletePartitionA(() -> healthy().append(List.of(new Row("a", 2))).commit());

    assertThat(plannedOn).containsExactly(2L, 3L);
    assertThat(content()).containsExactly("b1");
  }

  @Test
  void overwriteOfWhatWasReadIsReadAgain() {
    deletePartitionA(() -> healthy().overwrite(List.of(new Row("a", 3), new Row("b", 3))).commit());

    assertThat(plannedOn).containsExactly(1L, 2L);
    assertThat(content()).containsExactly("b3");
  }

  @Test
  void propertyOfUsersDoesNotMatter() {
    deletePartitionA(() -> healthy().alter().setProperty("team", "red").commit());

    assertThat(plannedOn).containsExactly(1L);
    assertThat(healthy().properties()).containsEntry("team", "red");
    assertThat(content()).containsExactly("b1");
  }

  @Test
  void conflictSaysVersionOperationAndFile() {
    lake.retry(new RetryPolicy(Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1), 0));

    assertThatThrownBy(
            () -> deletePartitionA(() -> healthy().overwrite(List.of(new Row("a", 3))).commit()))
        .isInstanceOf(CommitConflictException.class)
        .hasMessageContaining(
            "DELETE lost against version 2 (WRITE): concurrent append: the winner added rows that"
                + " the plan did not see, in p=a/")
        .hasMessageContaining("Nothing of it is visible");
    assertThat(content()).containsExactly("a3");
  }
}
