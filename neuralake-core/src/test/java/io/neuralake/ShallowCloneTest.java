package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.TableNotFoundException;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.LockProviders;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShallowCloneTest {

  record Row(int id, String region) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final NeuralTable source = at("file:///tables/the source%");
  private final NeuralTable copy = at("file:///tables/copy");

  @BeforeEach
  void tellTheTime() {
    files.time(() -> lake.clock().instant().toEpochMilli());
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private NeuralTable at(String location) {
    return lake.table(lake.context(location, files, LockProviders.automatic()));
  }

  private static List<Row> rows(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> new Row(i, "r /" + i % 2)).toList();
  }

  private static List<Integer> ids(NeuralTable table) {
    try (Rows<Row> rows = table.scan().as(Row.class)) {
      return rows.stream().map(Row::id).sorted().toList();
    }
  }

  @Test
  void cloneHasTheRowsAndGoesItsOwnWay() {
    source
        .create(Row.class)
        .partitionedBy("region")
        .property("delta.columnMapping.mode", "name")
        .property("delta.enableInCommitTimestamps", "true")
        .commit();
    source.append(rows(0, 4)).commit();
    source.append(rows(4, 6)).commit();
    long before = files.locations().size();

    CommitResult result = copy.cloneOf(source).atVersion(1).commit();

    assertThat(result.version()).isZero();
    assertThat(result.changes().filesAdded()).isEqualTo(2);
    assertThat(files.locations()).hasSize((int) before + 1);
    assertThat(ids(copy)).containsExactly(0, 1, 2, 3);
    assertThat(copy.schema()).isEqualTo(source.schema());
    assertThat(copy.properties()).isEqualTo(source.properties());
    assertThat(copy.detail().id()).isNotEqualTo(source.detail().id());
    assertThat(copy.detail().features()).isEqualTo(source.detail().features());
    HistoryEntry entry = copy.history(1).get(0);
    assertThat(entry.operation()).isEqualTo("CLONE");
    assertThat(entry.parameters())
        .isEqualTo(Map.of("source", "file:///tables/the source%", "sourceVersion", "1"));
    assertThat(entry.metrics())
        .containsEntry("sourceNumOfFiles", "2")
        .containsEntry("sourceTableSize", Long.toString(result.changes().bytesAdded()))
        .containsEntry("numCopiedFiles", "0");

    copy.append(rows(10, 11)).commit();
    source.overwrite(rows(20, 21)).commit();
    assertThat(ids(copy)).containsExactly(0, 1, 2, 3, 10);
    copy.overwrite(rows(30, 31)).commit();
    assertThat(ids(source)).containsExactly(20);
    assertThat(source.asOf(1).count()).isEqualTo(4);
    copy.restore().toVersion(0).commit();
    assertThat(ids(copy)).containsExactly(0, 1, 2, 3);
    assertThat(copy.repair().dryRun()).isEmpty();

    NeuralTable second = at("file:///tables/second");
    second.cloneOf(copy).commit();
    assertThat(ids(second)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void rowIdsAreGivenOutAnew() throws IOException {
    source.create(Row.class).property("delta.enableRowTracking", "true").commit();
    source.append(rows(0, 4)).commit();
    source.overwrite(rows(4, 8)).commit();

    copy.cloneOf(source).commit();

    String log =
        new String(
            files.read("file:///tables/copy/_delta_log/00000000000000000000.json", 1 << 20),
            StandardCharsets.UTF_8);
    assertThat(log).contains("\"baseRowId\":0,").contains("{\\\"rowIdHighWaterMark\\\":3}");
    String name = "delta.rowTracking.materializedRowIdColumnName";
    assertThat(copy.properties().get(name)).isNotEqualTo(source.properties().get(name)).isNotNull();
  }

  @Test
  void whatCannotBeCloned() {
    assertThatThrownBy(() -> copy.cloneOf(source).commit())
        .isInstanceOf(TableNotFoundException.class)
        .hasMessageContaining("the source%");
    source.create(Row.class).commit();
    assertThatThrownBy(() -> copy.cloneOf(source).atVersion(3).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("there is no version 3");
    assertThatThrownBy(() -> copy.cloneOf(source).atVersion(-1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("count from 0");
    copy.create(Row.class).commit();
    assertThatThrownBy(() -> copy.cloneOf(source).atTime("2026-01-01").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("a table exists here already");
  }
}
