package io.neuralake.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neuralake.MemoryLake;
import io.neuralake.NeuralTable;
import io.neuralake.exec.IsolationLevel;
import io.neuralake.internal.txn.RandomHistory.End;
import io.neuralake.internal.txn.RandomHistory.Kind;
import io.neuralake.internal.txn.RandomHistory.Row;
import io.neuralake.internal.txn.RandomHistory.Step;
import io.neuralake.read.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The oracle: replays the versions of a table one by one in memory, and checks that each operation
 * did there what it would have done alone, that what clients were told is true, and that nothing
 * else is there. It reads the log's JSON itself and shares no code with the library.
 */
final class SerialOrder {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RandomHistory history;
  private final Map<Integer, Step> stepOfRow = new HashMap<>();
  private final Map<String, Step> stepByName = new HashMap<>();

  /** Of the version that was replayed last. */
  private final Map<String, Row> live = new HashMap<>();

  private final Set<String> columns = new HashSet<>();
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, Long> applications = new HashMap<>();

  /** Of all versions. */
  private final List<Set<Row>> contents = new ArrayList<>();

  private final List<Map<String, Long>> progress = new ArrayList<>();
  private final Set<String> everAdded = new HashSet<>();
  private final Map<Row, Long> blindlyAdded = new HashMap<>();
  private final Map<Step, Long> versions = new HashMap<>();

  private int shared;

  private SerialOrder(RandomHistory history) {
    this.history = history;
    for (Step step : history.steps) {
      step.rows.forEach(row -> stepOfRow.put(row.id(), step));
      stepByName.put(step.name, step);
    }
  }

  /**
   * Fails if the history is not equal to one in which the operations ran one after the other.
   *
   * @return how many versions hold more than one append
   */
  static int check(RandomHistory history) throws IOException {
    SerialOrder order = new SerialOrder(history);
    List<String> logs =
        history.files.locations().stream().filter(f -> f.matches(".*/\\d{20}\\.json")).toList();
    for (int version = 0; version < logs.size(); version++) {
      assertThat(logs.get(version)).as("no gaps").endsWith("/%020d.json".formatted(version));
      order.replay(version, lines(history, logs.get(version)));
    }
    history.steps.forEach(order::checkWhatClientsSaw);
    order.checkTable();
    order.checkLeftovers();
    return order.shared;
  }

  private static List<JsonNode> lines(RandomHistory history, String file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line :
        new String(history.files.read(file, 1 << 20), StandardCharsets.UTF_8).split("\n")) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  /** One version: what it changes. */
  private static final class Change {
    final Set<Row> added = new HashSet<>();
    final Set<Row> removed = new HashSet<>();
    final Map<String, Long> transactions = new HashMap<>();
    boolean dataChange;
    boolean metadata;
    String name = "";
  }

  private static Row row(JsonNode add) throws IOException {
    JsonNode stats = JSON.readTree(add.path("stats").textValue());
    assertThat(stats.path("numRecords").intValue()).isEqualTo(1);
    return new Row(
        add.path("partitionValues").path("p").textValue(),
        stats.path("minValues").path("id").intValue());
  }

  private void replay(long version, List<JsonNode> lines) throws IOException {
    Set<String> columnsBefore = Set.copyOf(columns);
    Map<String, String> propertiesBefore = Map.copyOf(properties);
    Change change = new Change();
    for (JsonNode line : lines) {
      if (line.has("remove")) {
        Row gone = live.remove(line.path("remove").path("path").textValue());
        assertThat(gone).as("version %d removes what is not there: %s", version, line).isNotNull();
        change.removed.add(gone);
        change.dataChange |= line.path("remove").path("dataChange").booleanValue();
      }
    }
    for (JsonNode line : lines) {
      if (line.has("add")) {
        String path = line.path("add").path("path").textValue();
        Row row = row(line.path("add"));
        assertThat(everAdded.add(path)).as("version %d adds again: %s", version, line).isTrue();
        assertThat(live.containsValue(row)).as("doubled by %d: %s", version, row).isFalse();
        live.put(path, row);
        change.added.add(row);
        change.dataChange |= line.path("add").path("dataChange").booleanValue();
      } else if (line.has("txn")) {
        JsonNode txn = line.path("txn");
        change.transactions.put(txn.path("appId").textValue(), txn.path("version").longValue());
      } else if (line.has("metaData")) {
        change.metadata = true;
        columns.clear();
        JSON.readTree(line.path("metaData").path("schemaString").textValue())
            .path("fields")
            .forEach(field -> columns.add(field.path("name").textValue()));
        properties.clear();
        line.path("metaData")
            .path("configuration")
            .fields()
            .forEachRemaining(e -> properties.put(e.getKey(), e.getValue().textValue()));
      } else if (line.has("commitInfo")) {
        change.name = line.path("commitInfo").path("userMetadata").asText("");
      }
    }
    if (version > 0) {
      Step named = stepByName.get(change.name);
      if (named == null) {
        checkAppends(version, change);
      } else {
        took(named, version);
        checkStep(named, version, change);
      }
      Set<String> wanted = new HashSet<>(columnsBefore);
      Map<String, String> wantedProperties = new HashMap<>(propertiesBefore);
      if (named != null && named.kind == Kind.ADD_COLUMN) {
        wanted.add(named.name);
      } else if (named != null && named.kind == Kind.SET_PROPERTY) {
        wantedProperties.put("owner", named.name);
      }
      assertThat(columns).as("columns of version %d", version).isEqualTo(wanted);
      assertThat(properties).as("properties of version %d", version).isEqualTo(wantedProperties);
    }
    applications.putAll(change.transactions);
    progress.add(Map.copyOf(applications));
    contents.add(Set.copyOf(live.values()));
  }

  private void took(Step step, long version) {
    assertThat(versions.put(step, version)).as("%s, again at %d", step, version).isNull();
    assertThat(version).as("%s: after what it began on", step).isGreaterThan(step.newestBefore);
    assertThat(version).as("%s: before it ended", step).isLessThanOrEqualTo(step.newestAfter);
  }

  /** One append, or several that share the version: exactly their rows, whole. */
  private void checkAppends(long version, Change change) {
    Set<Step> appends =
        change.added.stream().map(r -> stepOfRow.get(r.id())).collect(Collectors.toSet());
    assertThat(appends).as("version %d is whose?", version).isNotEmpty().doesNotContainNull();
    assertThat(change.added)
        .as("whole appends in version %d", version)
        .isEqualTo(appends.stream().flatMap(s -> s.rows.stream()).collect(Collectors.toSet()));
    assertThat(change.removed).isEmpty();
    assertThat(change.metadata).isFalse();
    shared += appends.size() > 1 ? 1 : 0;
    Map<String, Long> transactions = new TreeMap<>();
    for (Step step : appends) {
      took(step, version);
      assertThat(step.kind).isIn(Kind.APPEND, Kind.IDEMPOTENT_APPEND);
      if (step.kind == Kind.IDEMPOTENT_APPEND) {
        assertThat(transactions.put(step.application, step.batch)).as("%s", step).isNull();
        assertThat(applications.getOrDefault(step.application, -1L))
            .as("%s repeats what is there", step)
            .isLessThan(step.batch);
      }
    }
    assertThat(change.transactions).as("version %d", version).isEqualTo(transactions);
    change.added.forEach(row -> blindlyAdded.put(row, version));
  }

  private void checkStep(Step step, long version, Change change) {
    switch (step.kind) {
      case OVERWRITE -> {
        assertThat(change.added).as("%s", step).isEqualTo(Set.copyOf(step.rows));
        checkSurvivors(
            step,
            step.isolation,
            step.newestBefore,
            live.values().stream().filter(row -> !step.rows.contains(row)));
      }
      case DELETE -> {
        assertThat(change.added).as("%s", step).isEmpty();
        assertThat(change.removed).allMatch(row -> row.p().equals(step.partition));
        checkSurvivors(
            step,
            history.isolation,
            step.plannedOn,
            live.values().stream().filter(row -> row.p().equals(step.partition)));
      }
      case OPTIMIZE -> {
        assertThat(change.added).as("%s", step).isEqualTo(change.removed);
        assertThat(change.dataChange).as("%s", step).isFalse();
      }
      case ADD_COLUMN, SET_PROPERTY -> {
        assertThat(change.metadata).as("%s", step).isTrue();
        assertThat(change.added).as("%s", step).isEmpty();
        assertThat(change.removed).as("%s", step).isEmpty();
      }
      default -> throw new AssertionError(step + " at " + version);
    }
    assertThat(change.transactions).as("%s", step).isEmpty();
  }

  /** Rows that should be gone: none, or only those that count as appended afterwards. */
  private void checkSurvivors(
      Step step, IsolationLevel level, long readVersion, Stream<Row> survivors) {
    survivors.forEach(
        row -> {
          assertThat(level).as("%s left %s", step, row).isNotEqualTo(IsolationLevel.SERIALIZABLE);
          assertThat(blindlyAdded.getOrDefault(row, -1L))
              .as("%s left %s, which it had read", step, row)
              .isGreaterThan(readVersion);
        });
  }

  private void checkWhatClientsSaw(Step step) {
    if (step.kind == Kind.SCAN) {
      if (step.end == End.DONE) {
        assertThat(step.version).as("%s", step).isBetween(step.newestBefore, step.newestAfter);
        assertThat(step.seen).as("%s", step).isEqualTo(contents.get((int) step.version));
      }
      return;
    }
    Long version = versions.get(step);
    if (step.end == End.DONE && step.committed) {
      assertThat(version).as("%s", step).isEqualTo(step.version);
    } else if (step.end == End.FAILED) {
      assertThat(version).as("%s, yet it is there", step).isNull();
    } else if (step.end == End.DONE) {
      checkNothingToDo(step, version);
    }
  }

  private void checkNothingToDo(Step step, Long version) {
    assertThat(step.version).as("%s", step).isLessThan(contents.size());
    if (step.kind == Kind.IDEMPOTENT_APPEND) {
      assertThat(progress.get((int) step.version).getOrDefault(step.application, -1L))
          .as("%s, yet it was not there", step)
          .isGreaterThanOrEqualTo(step.batch);
    } else {
      assertThat(step.kind).as("%s", step).isIn(Kind.DELETE, Kind.OPTIMIZE);
      assertThat(version).as("%s", step).isNull();
      assertThat(contents.get((int) step.version))
          .as("%s", step)
          .noneMatch(row -> row.p().equals(step.partition));
    }
  }

  private void checkTable() {
    NeuralTable table = history.healthyTable();
    Set<Row> last = contents.get(contents.size() - 1);
    assertThat(table.version()).isEqualTo(contents.size() - 1);
    assertThat(Set.copyOf(table.schema().fieldNames())).isEqualTo(columns);
    try (Rows<Row> rows = table.scan().select("p", "id").as(Row.class)) {
      List<Row> all = rows.stream().toList();
      assertThat(all).as("read").containsExactlyInAnyOrderElementsOf(last);
    }
  }

  /** What failed for certain left no file; of what is in doubt, files must stay. */
  private void checkLeftovers() {
    boolean doubt = history.steps.stream().anyMatch(s -> s.doubted);
    String folder = MemoryLake.LOCATION + "/p=";
    for (String file : history.files.locations()) {
      if (file.startsWith(folder) && !doubt && !file.contains("/moved-")) {
        assertThat(everAdded).contains(file.substring(MemoryLake.LOCATION.length() + 1));
      }
    }
    for (String path : everAdded) {
      assertThat(history.files.locations()).contains(MemoryLake.LOCATION + "/" + path);
    }
  }
}
