package io.neuralake.testkit.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.jspecify.annotations.Nullable;

/** What the live rows of one file are really like, against what the log says of them. */
final class FileStatistics {
  private static final long MILLISECOND = 1000;

  private static final class Leaf {
    final Column column;
    final List<String> path;
    long nulls;
    @Nullable Object min;
    @Nullable Object max;

    Leaf(Column column, List<String> path) {
      this.column = column;
      this.path = path;
    }

    void take(Object value) {
      min = min == null || ColumnValue.compare(value, min) < 0 ? value : min;
      max = max == null || ColumnValue.compare(value, max) > 0 ? value : max;
    }
  }

  private final List<Column> columns;
  private final Map<List<String>, Leaf> leaves = new LinkedHashMap<>();
  private long rows;

  /** Of these columns, those in no file left out. */
  FileStatistics(List<Column> columns) {
    this.columns = columns;
  }

  void take(Group row) {
    rows++;
    take(row, columns, List.of());
  }

  private void take(@Nullable Group group, List<Column> fields, List<String> parent) {
    for (Column column : fields) {
      List<String> path = new ArrayList<>(parent);
      path.add(column.physical());
      boolean there =
          group != null
              && group.getType().containsField(column.physical())
              && group.getFieldRepetitionCount(column.physical()) > 0;
      if (column.isStruct()) {
        take(
            there && group != null ? group.getGroup(column.physical(), 0) : null,
            column.fields(),
            path);
        continue;
      }
      Leaf leaf = leaves.computeIfAbsent(path, p -> new Leaf(column, p));
      if (!there || group == null) {
        leaf.nulls++;
      } else if (ColumnValue.isComparable(column.type())) {
        leaf.take(
            ColumnValue.of(group, group.getType().getFieldIndex(column.physical()), column.type()));
      }
    }
  }

  /** Compares with the statistics of the log. */
  void check(String path, JsonNode stats, Findings findings) {
    boolean tight = stats.path("tightBounds").asBoolean(true);
    for (Leaf leaf : leaves.values()) {
      if (leaf.path.size() == 1 && !leaf.column.nullable() && leaf.nulls > 0) {
        findings.error(
            Rule.NULLS_ALLOWED,
            path,
            "column " + leaf.column.name() + " is null in " + leaf.nulls + " rows");
      }
      nulls(path, leaf, at(stats.path("nullCount"), leaf.path), tight, stats, findings);
      bound(path, leaf, at(stats.path("minValues"), leaf.path), true, tight, findings);
      bound(path, leaf, at(stats.path("maxValues"), leaf.path), false, tight, findings);
    }
  }

  private static JsonNode at(JsonNode from, List<String> path) {
    JsonNode node = from;
    for (String name : path) {
      node = node.path(name);
    }
    return node;
  }

  private void nulls(
      String path, Leaf leaf, JsonNode said, boolean tight, JsonNode stats, Findings findings) {
    if (!said.isNumber()) {
      return;
    }
    findings.values++;
    long count = said.asLong();
    boolean wrong =
        tight
            ? count != leaf.nulls
            : count == 0 && leaf.nulls > 0
                || count == stats.path("numRecords").asLong() && leaf.nulls < rows;
    if (wrong) {
      findings.error(
          Rule.STATISTICS_BOUND,
          path,
          "nulls of " + name(leaf) + ": the log says " + count + ", the rows " + leaf.nulls);
    }
  }

  private static String name(Leaf leaf) {
    return leaf.path.size() == 1 ? leaf.column.name() : String.join(".", leaf.path);
  }

  private static void bound(
      String path, Leaf leaf, JsonNode said, boolean isMin, boolean tight, Findings findings) {
    Object real = isMin ? leaf.min : leaf.max;
    if (real == null || said.isMissingNode() || said.isNull() || said.isContainerNode()) {
      return;
    }
    findings.values++;
    String what = (isMin ? "minimum of " : "maximum of ") + name(leaf);
    Object bound = ColumnValue.of(said, leaf.column.type(), real);
    if (bound == null) {
      findings.error(Rule.STATISTICS_BOUND, path, what + " is no value of it: " + said);
      return;
    }
    // Where they are written in milliseconds they are cut, which readers know.
    boolean cut =
        leaf.column.type().startsWith("timestamp")
            && bound instanceof Long micros
            && micros % MILLISECOND == 0;
    Object widest =
        cut && !isMin && bound instanceof Long m ? (Object) (m + MILLISECOND - 1) : bound;
    int order = ColumnValue.compare(widest, real);
    if (isMin ? order > 0 : order < 0) {
      findings.error(
          Rule.STATISTICS_BOUND, path, what + ": the log says " + said + ", the rows " + real);
    } else if (tight && order != 0 && !cut && !(real instanceof String)) {
      findings.warning(
          Rule.STATISTICS_BOUND,
          path,
          what + " is not exact, as it is said to be: " + said + ", the rows " + real);
    }
  }
}
