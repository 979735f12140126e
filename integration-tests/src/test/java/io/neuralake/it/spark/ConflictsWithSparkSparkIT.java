package io.neuralake.it.spark;

import static io.neuralake.it.spark.SampleRows.COLUMNS;
import static io.neuralake.it.spark.SampleRows.rows;
import static io.neuralake.it.spark.SampleRows.sql;
import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.types.StringType;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitConflictException;
import io.neuralake.exec.IsolationLevel;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Operations of neuralake that were planned on a version after which Spark has committed: they are
 * rebased, planned again or refused as the table of rules says, and where Spark itself loses
 * against the same winner, the first verdict is the same but for the differences listed here.
 */
@SparkTest
final class ConflictsWithSparkSparkIT {
  private static final String OK = "rebased";

  private final SparkProcess spark = SparkProcess.shared();
  private final Agreement agreement = new Agreement(spark);
  private final List<NeuralLake> lakes = new ArrayList<>();

  @TempDir Path folder;

  @AfterEach
  void close() {
    lakes.forEach(NeuralLake::close);
  }

  /** What Spark does meanwhile. The table holds ids 0 to 3, in two files. */
  enum Winner {
    APPEND("INSERT INTO %s VALUES (100, 0, 'spark')"),
    OVERWRITE("INSERT OVERWRITE %s VALUES (100, 0, 'spark')"),
    DELETE("DELETE FROM %s WHERE id = 1"),
    OPTIMIZE("OPTIMIZE %s"),
    ADD_COLUMN("ALTER TABLE %s ADD COLUMNS (note STRING)"),
    SET_USER_PROPERTY("ALTER TABLE %s SET TBLPROPERTIES ('team' = 'red')");

    private final String statement;

    Winner(String statement) {
      this.statement = statement;
    }

    String on(NeuralTable table) {
      return statement.formatted(sql(table));
    }
  }

  /** What loses, in neuralake and in Spark. */
  private record Loser(Consumer<NeuralTable> ours, String sparks) {}

  private static final Loser APPEND =
      new Loser(
          table -> table.append(rows(10, 12)).commit(),
          "INSERT INTO %s SELECT lose(id), 0, 'loser' FROM range(10, 12, 1, 1)");
  private static final Loser OVERWRITE =
      new Loser(
          table -> table.overwrite(rows(10, 12)).commit(),
          "INSERT OVERWRITE %s SELECT lose(id), 0, 'loser' FROM range(10, 12, 1, 1)");
  private static final Loser SPARING_OVERWRITE =
      new Loser(
          table ->
              table.overwrite(rows(10, 12)).isolation(IsolationLevel.WRITE_SERIALIZABLE).commit(),
          OVERWRITE.sparks());

  /** Runs something else right before the first commit of the lake that has it. */
  private static final class Overtaken implements LockProvider {
    private final LockProvider real = LockProviders.automatic();
    private Runnable winner = () -> {};

    void by(Runnable other) {
      winner = other;
    }

    @Override
    public String name() {
      return "overtaken";
    }

    @Override
    public void commit(CommitFiles log, long version, byte[] content) throws IOException {
      Runnable first = winner;
      winner = () -> {};
      first.run();
      real.commit(log, version, content);
    }
  }

  private NeuralLake lake(LockProvider elector, int maxReplans) {
    NeuralLake lake =
        NeuralLake.builder()
            .lock(elector)
            .background(Runnable::run)
            .retry(
                new RetryPolicy(
                    Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMinutes(5), maxReplans))
            .build();
    lakes.add(lake);
    return lake;
  }

  /** A table with ids 0 to 3 in two files. */
  private NeuralTable table(String name, String... properties) {
    NeuralTable table = lake(LockProviders.automatic(), 20).table(folder.resolve(name));
    var create = table.create(COLUMNS);
    for (String property : properties) {
      create = create.property(property, "true");
    }
    create.commit();
    table.append(rows(0, 2)).commit();
    table.append(rows(2, 4)).commit();
    return table;
  }

  /** The same table in a lake that Spark overtakes once. */
  private NeuralTable overtaken(NeuralTable table, int maxReplans, String statement) {
    Overtaken elector = new Overtaken();
    NeuralTable late = lake(elector, maxReplans).table(table.location());
    late.version();
    elector.by(() -> spark.sql(statement));
    return late;
  }

  /** The rule that our operation breaks if it is not planned again, or that it breaks none. */
  private String verdictOfOurs(NeuralTable table, Winner winner, Loser loser) {
    try {
      loser.ours().accept(overtaken(table, 0, winner.on(table)));
      return OK;
    } catch (CommitConflictException e) {
      String message = e.getMessage();
      assertThat(message).contains("lost against version ");
      String rule = message.substring(message.indexOf("): ") + 3);
      return rule.substring(0, rule.indexOf(':'));
    }
  }

  private String verdictOfSpark(NeuralTable table, Winner winner, Loser loser) {
    try {
      spark.race(loser.sparks().formatted(sql(table)), winner.on(table));
      return OK;
    } catch (SparkFailure e) {
      String name = e.errorClass().substring(e.errorClass().lastIndexOf('.') + 1);
      return switch (name) {
        case "MetadataChangedException" -> "metadata";
        case "ConcurrentAppendException" -> "concurrent append";
        case "ConcurrentDeleteReadException" -> "delete/read";
        case "ConcurrentDeleteDeleteException" -> "delete/delete";
        default -> name + ": " + e.getMessage();
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAppendLosesAsInSpark(Winner winner) {
    String expected = winner == Winner.ADD_COLUMN ? "metadata" : OK;
    assertThat(verdictOfOurs(table("ours"), winner, APPEND)).isEqualTo(expected);
    // A property that no writer obeys does not make us plan again.
    String sparks = winner == Winner.SET_USER_PROPERTY ? "metadata" : expected;
    assertThat(verdictOfSpark(table("sparks"), winner, APPEND)).isEqualTo(sparks);

    NeuralTable table = table("planned-again");
    APPEND.ours().accept(overtaken(table, 20, winner.on(table)));
    long there =
        switch (winner) {
          case APPEND -> 5;
          case OVERWRITE -> 1;
          case DELETE -> 3;
          default -> 4;
        };
    assertThat(agreement.onLatest(table).content().count()).isEqualTo(there + 2);
    assertThat(table.version()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource
  void anOverwriteLosesAsInSpark(Winner winner) {
    String expected =
        switch (winner) {
          case APPEND, OVERWRITE, DELETE -> "concurrent append";
          case OPTIMIZE -> "delete/read";
          case ADD_COLUMN -> "metadata";
          case SET_USER_PROPERTY -> OK;
        };
    assertThat(verdictOfOurs(table("ours"), winner, OVERWRITE)).isEqualTo(expected);
    String sparks =
        switch (winner) {
          case SET_USER_PROPERTY -> "metadata";
          case OPTIMIZE -> "concurrent append"; // counts files that hold no new rows, too
          default -> expected;
        };
    assertThat(verdictOfSpark(table("sparks"), winner, OVERWRITE)).isEqualTo(sparks);

    NeuralTable table = table("planned-again");
    overtaken(table, 20, winner.on(table)).overwrite(rows(10, 12)).commit();
    assertThat(agreement.onLatest(table).content().count())
        .as("what was appended meanwhile is replaced too")
        .isEqualTo(2);
    assertThat(table.version()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource(names = {"APPEND", "DELETE"})
  void anOverwriteOfTheWeakerLevelSparesAppendsAsInSpark(Winner winner) {
    String expected = winner == Winner.APPEND ? OK : "concurrent append";
    for (String name : List.of("ours", "sparks")) {
      NeuralTable table = table(name);
      table.alter().setProperty("delta.isolationLevel", "WriteSerializable").commit();
      String verdict =
          name.equals("ours")
              ? verdictOfOurs(table, winner, SPARING_OVERWRITE)
              : verdictOfSpark(table, winner, SPARING_OVERWRITE);
      assertThat(verdict).as(name).isEqualTo(expected);
      assertThat(agreement.onLatest(table).content().count())
          .isEqualTo(3); // two and the appended one; or what the winner left
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAlterationIsMadeAfterWhateverSparkDid(Winner winner) {
    NeuralTable table = table("t");

    overtaken(table, 20, winner.on(table)).alter().addColumn("mine", StringType.STRING).commit();

    assertThat(table.schema().fieldNames()).endsWith("mine");
    assertThat(table.schema().indexOf("note") >= 0).isEqualTo(winner == Winner.ADD_COLUMN);
    agreement.onLatest(table);
    assertThat(table.version()).isEqualTo(4);
  }

  @Test
  void rowIdsAndInCommitTimestampsAreAssignedAfterThoseOfTheWinner() {
    NeuralTable table =
        table(
            "tracked",
            "delta.enableRowTracking",
            "delta.enableInCommitTimestamps",
            "delta.enableDeletionVectors");

    APPEND.ours().accept(overtaken(table, 0, Winner.APPEND.on(table)));
    APPEND.ours().accept(overtaken(table, 0, Winner.DELETE.on(table)));

    agreement.onLatest(table);
    String ids =
        "SELECT count(*), count(DISTINCT _metadata.row_id),"
            + " max(_metadata.row_commit_version) FROM ";
    assertThat(spark.sql(ids + sql(table)).content().rows()).hasSize(1);
    assertThat(spark.sql(ids + sql(table)).content().rows().get(0))
        .contains("8")
        .doesNotContain("9");
    var times = table.history(10).stream().map(entry -> entry.timestamp()).toList();
    assertThat(times)
        .isSortedAccordingTo(java.util.Comparator.reverseOrder())
        .doesNotHaveDuplicates();
  }

  @Test
  void aTransactionCountsWhoeverRecordedIt() {
    NeuralTable table = table("idempotent");
    spark.sql("SET spark.databricks.delta.write.txnAppId = app");
    spark.sql("SET spark.databricks.delta.write.txnVersion = 5");
    NeuralTable late = overtaken(table, 0, Winner.APPEND.on(table));

    CommitResult lost = late.append(rows(10, 12)).transaction("app", 5).commit();

    assertThat(lost.committed()).isFalse();
    assertThat(lost.version()).isEqualTo(3);
    assertThat(table.transactionVersion("app")).hasValue(5);
    late.append(rows(10, 12)).transaction("app", 6).commit();
    spark.sql("SET spark.databricks.delta.write.txnVersion = 6");
    spark.sql(Winner.APPEND.on(table));
    spark.sql("RESET spark.databricks.delta.write.txnAppId");
    spark.sql("RESET spark.databricks.delta.write.txnVersion");
    assertThat(agreement.onLatest(table).content().count()).as("Spark skipped 6").isEqualTo(7);
  }
}
