package io.neuralake.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import io.neuralake.internal.txn.CommitPlan.Reads;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of the commit protocol, both ways. */
class ConflictRulesTest {

  private static final TableMetadata METADATA =
      TableMetadata.create(
          "id", new StructType().add("x", IntegerType.INTEGER), List.of(), Map.of(), 0L);

  private static DataFile file(String path) {
    return new DataFile(path, Map.of(), 1, 0, null, null, null, null, null);
  }

  private static Action add(String path) {
    return new Action.Add(file(path), true);
  }

  private static Action remove(String path) {
    return new Action.Remove(file(path), 0, true);
  }

  private static Action txn(String app) {
    return new Action.SetTransaction(app, 1, 0);
  }

  private static Action domain(String name) {
    return new Action.DomainMetadata(name, "{}", false);
  }

  private static CommitPlan plan(Reads reads, @Nullable TableMetadata metadata, Action... actions) {
    return new CommitPlan(
        "WRITE", Map.of(), Map.of(), reads, null, metadata, List.of(actions), null);
  }

  private static CommitPlan append(Action... actions) {
    return plan(Reads.NOTHING, null, actions);
  }

  private static CommitPlan overwrite(Action... actions) {
    return plan(Reads.EVERYTHING, null, actions);
  }

  private static CommitPlan alter() {
    return plan(Reads.METADATA, METADATA);
  }

  /** What the winner did; parts are added to a commit that did nothing. */
  private record Winner(CommitContent content) {
    static Winner nothing() {
      return new Winner(
          new CommitContent(
              5, null, null, null, new HashMap<>(), new HashMap<>(), List.of(), List.of()));
    }

    Winner protocol(TableProtocol protocol) {
      return new Winner(
          new CommitContent(5, null, protocol, null, Map.of(), Map.of(), List.of(), List.of()));
    }

    Winner metadata() {
      return new Winner(
          new CommitContent(5, null, null, METADATA, Map.of(), Map.of(), List.of(), List.of()));
    }

    Winner txn(String app) {
      content.transactions().put(app, 1L);
      return this;
    }

    Winner domain(String name) {
      content.domains().put(name, "{}");
      return this;
    }

    Winner added(String path, boolean dataChange) {
      return new Winner(
          new CommitContent(
              5,
              null,
              null,
              null,
              Map.of(),
              Map.of(),
              List.of(new Action.Add(file(path), dataChange)),
              content.removes()));
    }

    Winner removed(String path, boolean dataChange) {
      return new Winner(
          new CommitContent(
              5,
              null,
              null,
              null,
              Map.of(),
              Map.of(),
              content.adds(),
              List.of(new CommitContent.Removed(path, dataChange))));
    }

    @Override
    public String toString() {
      return content.toString();
    }
  }

  private static Winner winner() {
    return Winner.nothing();
  }

  static Stream<Arguments> table() {
    TableProtocol known = TableProtocol.of(1, 2);
    String none = null;
    return Stream.of(
        arguments("append / nothing", append(add("a")), winner(), none),
        arguments("append / protocol", append(add("a")), winner().protocol(known), "protocol:"),
        arguments("append / metadata", append(add("a")), winner().metadata(), "metadata:"),
        arguments("alter / metadata", alter(), winner().metadata(), "metadata:"),
        arguments("alter / append", alter(), winner().added("b", true), none),
        arguments(
            "replace / nothing at all",
            plan(Reads.EVERYTHING, METADATA),
            winner(),
            "metadata: the plan replaces"),
        arguments("append / append", append(add("a")), winner().added("b", true), none),
        arguments("append / removal", append(add("a")), winner().removed("b", true), none),
        arguments(
            "append / compaction",
            append(add("a")),
            winner().removed("b", false).added("c", false),
            none),
        arguments(
            "overwrite / append",
            overwrite(remove("x"), add("a")),
            winner().added("b", true),
            "concurrent append:"),
        arguments(
            "overwrite / files moved in without change of rows",
            overwrite(remove("x"), add("a")),
            winner().added("b", false),
            none),
        arguments(
            "overwrite / removal of what it read",
            overwrite(add("a")),
            winner().removed("b", true),
            "delete/read:"),
        arguments(
            "overwrite / compaction",
            overwrite(remove("x"), add("a")),
            winner().removed("x", false).added("y", false),
            "delete/read:"),
        arguments(
            "both remove a file",
            plan(Reads.METADATA, null, remove("x")),
            winner().removed("x", true),
            "delete/delete: both removed the file x"),
        arguments(
            "they remove different files",
            plan(Reads.METADATA, null, remove("x")),
            winner().removed("y", true),
            none),
        arguments(
            "both add a file",
            append(add("a")),
            winner().added("a", true),
            "double add: both added the file a"),
        arguments(
            "same application",
            append(add("a"), txn("app")),
            winner().txn("app"),
            "transaction id: the winner recorded the application 'app' too"),
        arguments("another application", append(add("a"), txn("app")), winner().txn("b"), none),
        arguments("an application of theirs only", append(add("a")), winner().txn("b"), none),
        arguments(
            "same domain",
            append(add("a"), domain("d")),
            winner().domain("d"),
            "domain metadata: both changed the domain 'd'"),
        arguments("another domain", append(add("a"), domain("d")), winner().domain("e"), none),
        arguments(
            "row ids, which are assigned again",
            append(add("a"), domain("delta.rowTracking")),
            winner().domain("delta.rowTracking"),
            none));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void ruleHolds(String name, CommitPlan plan, Winner winner, @Nullable String violated) {
    String found = ConflictRules.violatedBy(plan, winner.content(), "file:///t");
    if (violated == null) {
      assertThat(found).as(name).isNull();
    } else {
      assertThat(found).as(name).startsWith(violated);
    }
  }

  @Test
  void winnerThatMakesTheTableUnreadableEndsIt() {
    TableProtocol unknown = new TableProtocol(3, 7, Set.of("fromMars"), Set.of("fromMars"));
    assertThatThrownBy(
            () ->
                ConflictRules.violatedBy(
                    append(add("a")), winner().protocol(unknown).content(), "file:///t"))
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining("file:///t")
        .hasMessageContaining("fromMars");
  }
}
