package io.neuralake.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.exec.IsolationLevel;
import io.neuralake.expr.SqlExpressions;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.CommitInfo;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DeletionVector;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import io.neuralake.internal.txn.CommitPlan.Reads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule of the commit protocol, both ways: what we planned, what the winner did, and which
 * rule forbids to rebase, on tables of both isolation levels. The table has a partition column
 * {@code p} and a data column {@code x}.
 */
class ConflictRulesTest {

  private static final StructType SCHEMA =
      new StructType().add("p", StringType.STRING).add("x", IntegerType.INTEGER);
  private static final TableMetadata METADATA =
      TableMetadata.create("id", SCHEMA, List.of("p"), Map.of("team", "red"), 0L);
  private static final TableProtocol PROTOCOL = TableProtocol.of(1, 2);
  private static final TableProtocol WITH_VECTORS =
      new TableProtocol(
          3, 7, Set.of("deletionVectors"), Set.of("appendOnly", "invariants", "deletionVectors"));

  // ---- files: name, partition, and bounds of x in the statistics

  private static DataFile file(String path, @Nullable String p, @Nullable String stats) {
    Map<String, @Nullable String> partition = new HashMap<>();
    partition.put("p", p);
    return new DataFile(path, partition, 1, 0, stats, null, null, null, null);
  }

  private static DataFile file(String path, String p, int minX, int maxX) {
    String stats =
        "{\"numRecords\":2,\"minValues\":{\"x\":%d},\"maxValues\":{\"x\":%d},\"nullCount\":{\"x\":0}}";
    return file(path, p, stats.formatted(minX, maxX));
  }

  private static DataFile file(String path) {
    return file(path, "a", null);
  }

  private static DataFile withVector(DataFile file, int id) {
    return new DataFile(
        file.path(),
        file.partitionValues(),
        file.size(),
        file.modificationTime(),
        file.stats(),
        new DeletionVector("u", "vector" + id, 1, 10, 1),
        null,
        null,
        null);
  }

  // ---- our plans

  private static Action add(DataFile file) {
    return new Action.Add(file, true);
  }

  private static Action remove(DataFile file) {
    return new Action.Remove(file, 0, true);
  }

  private static Action txn(String app) {
    return new Action.SetTransaction(app, 1, null);
  }

  private static Action domain(String name) {
    return new Action.DomainMetadata(name, "{}", false);
  }

  private static CommitPlan plan(Reads reads, @Nullable TableMetadata metadata, Action... actions) {
    return new CommitPlan(
        "WRITE", Map.of(), Map.of(), reads, null, metadata, List.of(actions), CommitOptions.NONE);
  }

  private static CommitPlan append(Action... more) {
    List<Action> actions = new ArrayList<>(List.of(more));
    actions.add(add(file("ours")));
    return plan(Reads.NOTHING, null, actions.toArray(Action[]::new));
  }

  private static CommitPlan overwrite() {
    return plan(Reads.EVERYTHING, null, remove(file("read")), add(file("ours")));
  }

  /** Deletes, say, rows: reads file "read" for them, and rewrites it. */
  private static CommitPlan delete(String where) {
    return plan(reads(where), null, remove(file("read")), add(file("ours")));
  }

  /** Reads file "read" for rows that match, and adds what it made of them. */
  private static CommitPlan insertWhatIsMissing(String where) {
    return plan(reads(where), null, add(file("ours")));
  }

  /** Deletes rows by a deletion vector. */
  private static CommitPlan mark(String where) {
    return plan(reads(where), null, remove(file("read")), add(withVector(file("read"), 1)));
  }

  private static CommitPlan optimize() {
    return plan(
        Reads.of(List.of(), Set.of("read")),
        null,
        new Action.Remove(file("read"), 0, false),
        new Action.Add(file("ours"), false));
  }

  private static Reads reads(String where) {
    BoundExpr predicate = Binder.of(SCHEMA).predicate(SqlExpressions.parse(where));
    return Reads.of(List.of(predicate), Set.of("read"));
  }

  private static CommitPlan alter() {
    return plan(Reads.NOTHING, METADATA.withProperty("delta.appendOnly", "true"));
  }

  private static CommitPlan upgrade() {
    return new CommitPlan(
        "ALTER",
        Map.of(),
        Map.of(),
        Reads.NOTHING,
        WITH_VECTORS,
        null,
        List.of(),
        CommitOptions.NONE);
  }

  private static CommitPlan replaceTable() {
    return plan(Reads.EVERYTHING, METADATA);
  }

  private static CommitPlan at(IsolationLevel level, CommitPlan plan) {
    return new CommitPlan(
        plan.operation(),
        plan.parameters(),
        plan.metrics(),
        plan.reads(),
        plan.protocol(),
        plan.metadata(),
        plan.actions(),
        CommitOptions.NONE.withIsolation(level));
  }

  // ---- winners

  private static CommitContent winner(
      boolean blind,
      @Nullable TableProtocol protocol,
      @Nullable TableMetadata metadata,
      Action... actions) {
    CommitInfo info =
        new CommitInfo(
            0, null, "WRITE", Map.of(), Map.of(), null, Map.of(), null, "id", 4L, null, blind);
    Map<String, Action.SetTransaction> transactions = new HashMap<>();
    Map<String, @Nullable String> domains = new HashMap<>();
    List<Action.Add> adds = new ArrayList<>();
    List<CommitContent.Removed> removes = new ArrayList<>();
    for (Action action : actions) {
      if (action instanceof Action.Add added) {
        adds.add(added);
      } else if (action instanceof Action.Remove removed) {
        DataFile file = removed.file();
        removes.add(new CommitContent.Removed(file, removed.dataChange()));
      } else if (action instanceof Action.SetTransaction txn) {
        transactions.put(txn.appId(), txn);
      } else if (action instanceof Action.DomainMetadata domain) {
        domains.put(domain.domain(), domain.configuration());
      }
    }
    return new CommitContent(
        5, info, protocol, metadata, transactions, domains, adds, removes, List.of());
  }

  private static CommitContent appends(Action... actions) {
    return winner(true, null, null, actions);
  }

  private static CommitContent changes(Action... actions) {
    return winner(false, null, null, actions);
  }

  private static CommitContent compacts(DataFile from, DataFile to) {
    return winner(false, null, null, new Action.Remove(from, 0, false), new Action.Add(to, false));
  }

  private static CommitContent alters(TableMetadata metadata) {
    return winner(false, null, metadata);
  }

  private static CommitContent upgrades(TableProtocol protocol) {
    return winner(false, protocol, null);
  }

  // ---- the table

  private record Case(
      CommitPlan plan,
      CommitContent winner,
      @Nullable String writeSerializable,
      @Nullable String serializable) {}

  private static final String NO = null;

  private static Named<Case> rule(
      String name, CommitPlan plan, CommitContent winner, @Nullable String violated) {
    return Named.of(name, new Case(plan, winner, violated, violated));
  }

  /** A rule that depends on the isolation level. */
  private static Named<Case> rule(
      String name,
      CommitPlan plan,
      CommitContent winner,
      @Nullable String writeSerializable,
      @Nullable String serializable) {
    return Named.of(name, new Case(plan, winner, writeSerializable, serializable));
  }

  static Stream<Named<Case>> protocolAndMetadata() {
    TableMetadata widerSchema = METADATA.withSchema(SCHEMA.add("y", IntegerType.INTEGER));
    return Stream.of(
        rule("append / a commit without actions", append(), changes(), NO),
        rule("append / upgrade", append(), upgrades(WITH_VECTORS), NO),
        rule("delete / upgrade", delete("x = 1"), upgrades(WITH_VECTORS), NO),
        rule("upgrade / append", upgrade(), appends(add(file("b"))), NO),
        rule("upgrade / upgrade", upgrade(), upgrades(WITH_VECTORS), "protocol: both changed"),
        rule(
            "append / a feature dropped",
            append(),
            upgrades(TableProtocol.of(1, 1)),
            "protocol: the winner took features"),
        rule("append / another schema", append(), alters(widerSchema), "metadata: the winner"),
        rule(
            "append / other partitioning",
            append(),
            alters(METADATA.withPartitionColumns(List.of())),
            "metadata: the winner"),
        rule(
            "append / a property of Delta",
            append(),
            alters(METADATA.withProperty("delta.appendOnly", "true")),
            "metadata: the winner"),
        rule(
            "append / a property of users gone",
            append(),
            alters(METADATA.withConfiguration(Map.of())),
            NO),
        rule("append / a property of users", append(), alters(METADATA.withProperty("a", "b")), NO),
        rule(
            "delete / name and comment",
            delete("x = 1"),
            alters(METADATA.withNames("name", "comment")),
            NO),
        rule(
            "alter / name and comment",
            alter(),
            alters(METADATA.withNames("name", "comment")),
            "metadata: the winner"),
        rule("alter / append", alter(), appends(add(file("b"))), NO),
        rule("alter / delete", alter(), changes(remove(file("b"))), NO),
        rule("replace table / anything", replaceTable(), changes(), "metadata: the plan replaces"));
  }

  static Stream<Named<Case>> domainsAndTransactions() {
    return Stream.of(
        rule(
            "same domain",
            append(domain("d")),
            changes(domain("d")),
            "domain metadata: both changed the domain 'd'"),
        rule("another domain", append(domain("d")), changes(domain("e")), NO),
        rule("a domain of theirs only", append(), changes(domain("e")), NO),
        rule(
            "row ids, which are assigned again",
            append(domain("delta.rowTracking")),
            changes(domain("delta.rowTracking")),
            NO),
        rule(
            "same application",
            append(txn("app")),
            appends(txn("app"), add(file("b"))),
            "transaction id: the winner recorded the same application"),
        rule("another application", append(txn("app")), appends(txn("b")), NO),
        rule("an application of theirs only", append(), appends(txn("b")), NO));
  }

  static Stream<Named<Case>> rowsThatShouldHaveBeenRead() {
    String append = "concurrent append: the winner added rows that the plan did not see, in b";
    Action inA = add(file("b", "a", 1, 9));
    Action inB = add(file("b", "b", 1, 9));
    Action unknown = add(file("b", "a", null));
    Action nullPartition = add(file("b", null, null));
    return Stream.of(
        rule("append / append", append(), appends(inA), NO),
        rule("append / change", append(), changes(inA), NO),
        rule("optimize / append", optimize(), appends(inA), NO),
        rule("optimize / change elsewhere", optimize(), changes(inA, remove(file("c"))), NO),
        rule("overwrite / append", overwrite(), appends(inA), NO, append),
        rule("overwrite / change", overwrite(), changes(inA), append),
        rule("delete of all / append", delete("true"), appends(unknown), NO, append),
        rule("delete of all / change", delete("true"), changes(unknown), append),
        rule("delete of none / change", delete("false"), changes(unknown), NO),
        rule("delete by partition / append to it", delete("p = 'a'"), appends(inA), NO, append),
        rule("delete by partition / change in it", delete("p = 'a'"), changes(inA), append),
        rule("delete by partition / append to another", delete("p = 'a'"), appends(inB), NO),
        rule("delete by partition / change in another", delete("p = 'a'"), changes(inB), NO),
        rule("delete by partition / null partition", delete("p = 'a'"), changes(nullPartition), NO),
        rule(
            "delete of null / null partition", delete("p IS NULL"), changes(nullPartition), append),
        rule("delete by value / append of such", delete("x = 5"), appends(inA), NO, append),
        rule("delete by value / change, within bounds", delete("x = 5"), changes(inA), append),
        rule("delete by value / change, out of bounds", delete("x = 10"), changes(inA), NO),
        rule("delete by value / change, no statistics", delete("x = 10"), changes(unknown), append),
        rule("delete of null / change without nulls", delete("x IS NULL"), changes(inA), NO),
        rule("both must match / partition does not", delete("p = 'c' AND x = 5"), changes(inA), NO),
        rule("both must match / value does not", delete("p = 'a' AND x = 0"), changes(inA), NO),
        rule("both must match / both do", delete("p = 'a' AND x = 5"), changes(inA), append),
        rule("one must match / one does", delete("p = 'c' OR x = 5"), changes(inA), append),
        rule("insert if missing / append of other", insertWhatIsMissing("x > 9"), changes(inA), NO),
        rule(
            "insert if missing / append of such",
            insertWhatIsMissing("x > 8"),
            appends(inA),
            NO,
            append),
        rule(
            "several files / the second matches",
            delete("p = 'b'"),
            changes(add(file("c", "a", 1, 9)), inB),
            append),
        rule(
            "a predicate each, of several / one matches",
            plan(
                Reads.of(
                    List.of(
                        Binder.of(SCHEMA).predicate(SqlExpressions.parse("p = 'c'")),
                        Binder.of(SCHEMA).predicate(SqlExpressions.parse("x = 5"))),
                    Set.of()),
                null,
                add(file("ours"))),
            changes(inA),
            append),
        rule(
            "delete / an empty file",
            delete("x = 5"),
            changes(add(file("b", "a", "{\"numRecords\":0}"))),
            NO),
        rule(
            "delete / files moved in without change of rows",
            delete("true"),
            compacts(file("c"), file("b")),
            NO),
        rule(
            "change of schema with a read / append: it would be of the old schema",
            plan(reads("true"), METADATA, add(file("ours"))),
            appends(inA),
            append),
        rule(
            "serializable delete / append",
            at(IsolationLevel.SERIALIZABLE, delete("x = 5")),
            appends(inA),
            append),
        rule(
            "write-serializable delete / append",
            at(IsolationLevel.WRITE_SERIALIZABLE, delete("x = 5")),
            appends(inA),
            NO),
        rule(
            "serializable overwrite / append",
            at(IsolationLevel.SERIALIZABLE, overwrite()),
            appends(inA),
            append));
  }

  static Stream<Named<Case>> filesThatAreGone() {
    DataFile read = file("read");
    String deleteRead = "delete/read: the winner removed a file that the plan has read, read";
    String deleteDelete = "delete/delete: both removed the file read";
    return Stream.of(
        rule("append / removal", append(), changes(remove(read)), NO),
        rule("append / compaction", append(), compacts(read, file("b")), NO),
        rule("overwrite / removal", overwrite(), changes(remove(file("b"))), "delete/read:"),
        rule("overwrite / compaction", overwrite(), compacts(file("b"), file("c")), "delete/read:"),
        rule(
            "delete / removal of what it read", delete("x = 1"), changes(remove(read)), deleteRead),
        rule("delete / removal of another", delete("x = 1"), changes(remove(file("b"))), NO),
        rule("delete / compaction of it", delete("x = 1"), compacts(read, file("b")), deleteDelete),
        rule("delete / compaction of others", delete("x = 1"), compacts(file("b"), file("c")), NO),
        rule(
            "insert if missing / removal of what it read",
            insertWhatIsMissing("x = 1"),
            changes(remove(read)),
            deleteRead),
        rule(
            "insert if missing / compaction of what it read: the rows are the same",
            insertWhatIsMissing("x = 1"),
            compacts(read, file("b")),
            NO),
        rule("optimize / removal of its input", optimize(), changes(remove(read)), deleteRead),
        rule("optimize / compaction of it", optimize(), compacts(read, file("b")), deleteDelete),
        rule("optimize / compaction of others", optimize(), compacts(file("b"), file("c")), NO),
        rule(
            "removal only / removal of the same",
            plan(Reads.NOTHING, null, remove(read)),
            changes(remove(read)),
            deleteDelete),
        rule(
            "removal only / removal of another",
            plan(Reads.NOTHING, null, remove(read)),
            changes(remove(file("b"))),
            NO),
        rule(
            "both change a deletion vector",
            plan(Reads.NOTHING, null, mark("x = 1").actions().toArray(Action[]::new)),
            changes(remove(read), add(withVector(read, 2))),
            "delete/delete: both changed the deletion vector of the file read"),
        rule(
            "mark / new vector of what it read",
            mark("x = 1"),
            changes(remove(read), add(withVector(file("read", "b", 5, 5), 2))),
            "delete/read:"),
        rule(
            "mark / new vector of another file",
            mark("x = 5"),
            changes(remove(file("b")), add(withVector(file("b", "a", 6, 7), 2))),
            NO),
        rule(
            "mark / compaction of the file",
            mark("x = 1"),
            compacts(read, file("b")),
            "delete/delete: both removed the file read"),
        rule(
            "optimize / new vector of its input",
            optimize(),
            changes(remove(read), add(withVector(read, 2))),
            deleteRead),
        rule(
            "both add a file",
            plan(Reads.NOTHING, null, remove(read), add(file("ours"))),
            changes(add(file("ours"))),
            "double add: both added the file ours"),
        rule(
            "removal / the same file written again, as when it gets row ids",
            plan(Reads.NOTHING, null, remove(read)),
            winner(false, null, null, new Action.Add(read, false)),
            "delete/read: the winner wrote the file read again"));
  }

  @ParameterizedTest
  @MethodSource({
    "protocolAndMetadata",
    "domainsAndTransactions",
    "rowsThatShouldHaveBeenRead",
    "filesThatAreGone"
  })
  void ruleHolds(Case rule) {
    for (IsolationLevel level : IsolationLevel.values()) {
      String expected =
          level == IsolationLevel.SERIALIZABLE ? rule.serializable() : rule.writeSerializable();
      TableMetadata metadata = METADATA;
      CommitPlan plan = rule.plan();
      if (level == IsolationLevel.SERIALIZABLE) {
        metadata = METADATA.withProperty("delta.isolationLevel", "Serializable");
      }
      String found =
          ConflictRules.violatedBy(plan, state(metadata), winnerOn(rule, metadata), "file:///t");
      if (expected == null) {
        assertThat(found).as(level.deltaName()).isNull();
      } else {
        assertThat(found).as(level.deltaName()).startsWith(expected);
      }
    }
  }

  private static TableState state(TableMetadata metadata) {
    return new TableState(4, PROTOCOL, metadata, -1, -1, Applications.UNKNOWN);
  }

  /** The winner's new metadata, where it has some, keeps the table's isolation level. */
  private static CommitContent winnerOn(Case rule, TableMetadata metadata) {
    CommitContent winner = rule.winner();
    String level = metadata.configuration().get("delta.isolationLevel");
    return winner.metadata() == null || level == null
        ? winner
        : new CommitContent(
            winner.version(),
            winner.info(),
            winner.protocol(),
            winner.metadata().withProperty("delta.isolationLevel", level),
            winner.transactions(),
            winner.domains(),
            winner.adds(),
            winner.removes(),
            winner.changes());
  }

  @Test
  void predicatesAndStatisticsGoByTheColumnsPhysicalNames() {
    AtomicLong next = new AtomicLong();
    TableMetadata mapped =
        ColumnMapping.assignForNewTable(
            METADATA.withProperty("delta.columnMapping.mode", "name"),
            () -> new UUID(0, next.incrementAndGet()));
    List<String> physical =
        mapped.schema().fields().stream().map(ColumnMapping::physicalName).toList();
    String stats =
        "{\"numRecords\":1,\"minValues\":{\"%1$s\":7},\"maxValues\":{\"%1$s\":7},\"nullCount\":{\"%1$s\":0}}"
            .formatted(physical.get(1));
    DataFile file =
        new DataFile("b", Map.of(physical.get(0), "a"), 1, 0, stats, null, null, null, null);
    for (Map.Entry<String, Boolean> each :
        Map.of("x = 7", true, "x = 8", false, "p = 'a'", true, "p = 'b'", false).entrySet()) {
      BoundExpr predicate =
          Binder.of(mapped.schema()).predicate(SqlExpressions.parse(each.getKey()));
      CommitPlan plan = plan(Reads.of(List.of(predicate), Set.of()), null, add(file("ours")));
      assertThat(ConflictRules.violatedBy(plan, state(mapped), changes(add(file)), "file:///t"))
          .as(each.getKey())
          .isEqualTo(
              each.getValue()
                  ? "concurrent append: the winner added rows that the plan did not see, in b"
                  : null);
    }
  }

  @Test
  void winnerThatMakesTheTableUnreadableEndsIt() {
    TableProtocol unknown = new TableProtocol(3, 7, Set.of("fromMars"), Set.of("fromMars"));
    assertThatThrownBy(
            () ->
                ConflictRules.violatedBy(append(), state(METADATA), upgrades(unknown), "file:///t"))
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining("file:///t")
        .hasMessageContaining("fromMars");
  }

  @Test
  void winnerThatMakesTheTableUnwritableEndsItToo() {
    TableProtocol unknown = new TableProtocol(1, 7, Set.of(), Set.of("fromVenus"));
    assertThatThrownBy(
            () ->
                ConflictRules.violatedBy(append(), state(METADATA), upgrades(unknown), "file:///t"))
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining("write to")
        .hasMessageContaining("fromVenus");
  }
}
