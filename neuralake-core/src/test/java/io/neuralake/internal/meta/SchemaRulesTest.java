package io.neuralake.internal.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.GeometryType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.meta.ColumnMapping.Mode;
import io.neuralake.internal.meta.Invariants.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemaRulesTest {
  private static final String AT = "s3://lab/t";

  private static TableMetadata table(
      StructType schema, List<String> partitions, Map<String, String> properties) {
    return TableDefinition.create(
            new TableDefinition.Request(schema, partitions, properties, null, null),
            0,
            SchemaArbitraries.uuids(3),
            AT)
        .metadata();
  }

  private static void refused(
      StructType schema, List<String> partitions, Map<String, String> properties, String message) {
    assertThatThrownBy(() -> table(schema, partitions, properties))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith(AT + ": ")
        .hasMessageContaining(message);
  }

  private static StructType one(String name, DataType type) {
    return new StructType().add("id", LongType.LONG).add(name, type);
  }

  @Test
  void namesAreChecked() {
    Map<String, String> none = Map.of();
    refused(new StructType(), List.of(), none, "the schema has no columns");
    refused(one("", LongType.LONG), List.of(), none, "a column has an empty name");
    refused(one("ID", LongType.LONG), List.of(), none, "columns id and ID have the same name");
    refused(
        one("a", new ArrayType(one("Id", LongType.LONG), true)),
        List.of(),
        none,
        "columns a.element.id and a.element.Id have the same name");
    for (char c : " ,;{}()\n\t=".toCharArray()) {
      refused(one("a" + c, LongType.LONG), List.of(), none, "set 'delta.columnMapping.mode'");
      assertThat(
              table(
                      one("a" + c, LongType.LONG),
                      List.of(),
                      Map.of("delta.columnMapping.mode", "id"))
                  .schema()
                  .length())
          .isEqualTo(2);
    }
    Map<String, String> feed = Map.of("delta.enableChangeDataFeed", "true");
    refused(one("_Change_Type", LongType.LONG), List.of(), feed, "change data feed reserves");
    assertThat(table(one("_change_type", LongType.LONG), List.of(), none).schema().length())
        .isEqualTo(2);
  }

  @Test
  void typesAreChecked() {
    Map<String, String> none = Map.of();
    refused(one("g", GeometryType.ofDefault()), List.of(), none, "column g has the type");
    refused(one("e", new StructType()), List.of(), none, "column e is a struct without fields");
    refused(one("c", new StringType("ICU.de")), List.of(), none, "column c has the collation DE");
    DataType map = new MapType(StringType.STRING, LongType.LONG, true);
    refused(one("m", new MapType(map, LongType.LONG, true)), List.of(), none, "the keys of map m");
    DataType deep = LongType.LONG;
    for (int i = 0; i < 101; i++) {
      deep = new ArrayType(deep, true);
    }
    refused(one("d", deep), List.of(), none, "is nested deeper than 100 levels");
  }

  @Test
  void partitionColumnsAreChecked() {
    StructType schema = one("p", LongType.LONG).add("s", one("x", LongType.LONG));
    Map<String, String> none = Map.of();
    assertThat(table(schema, List.of("P"), none).partitionColumns()).containsExactly("p");
    refused(schema, List.of("q"), none, "'q' is not in the schema. Name a top-level column: id, p");
    refused(schema, List.of("p", "P"), none, "partition column 'P' is named twice");
    refused(schema, List.of("s"), none, "struct<id: long, x: long>, which has no form as text");
    refused(one("p", LongType.LONG), List.of("p", "id"), none, "all columns are partition columns");
  }

  @Test
  void mappingTranslatesPaths() {
    StructType schema = one("a", new ArrayType(one("x", LongType.LONG), true));
    TableMetadata t = table(schema, List.of(), Map.of("delta.columnMapping.mode", "name"));
    ColumnMapping.validate(t, AT);
    assertThat(t.properties().maxColumnId()).isEqualTo(4);
    ColumnPath logical = ColumnPath.parse("A.element.X");
    ColumnPath physical = ColumnMapping.toPhysical(t.schema(), Mode.NAME, logical).orElseThrow();
    assertThat(physical.parts().get(0)).startsWith("col-");
    assertThat(physical.parts().get(1)).isEqualTo("element");
    assertThat(ColumnMapping.toLogical(t.schema(), Mode.NAME, physical))
        .contains(ColumnPath.of("a", "element", "x"));
    assertThat(
            SchemaTree.typeAt(ColumnMapping.toPhysical(t.schema(), Mode.NAME), physical)
                .map(TypeNames::describe))
        .contains("long");
    TableMetadata copied = table(t.schema(), List.of(), Map.of());
    assertThat(copied.schemaString()).doesNotContain("columnMapping");
    assertThatThrownBy(
            () -> ColumnMapping.validate(t.withProperty(TableProperties.MAX_COLUMN_ID, "2"), AT))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("above the maximum 2");
  }

  @Test
  void propertiesAreChecked() {
    assertThat(PropertyRules.normalize(Map.of("DELTA.checkpointINTERVAL", "5", "Mine", "x"), AT))
        .containsOnly(Map.entry("delta.checkpointInterval", "5"), Map.entry("Mine", "x"));
    Map<String, String> bad =
        Map.ofEntries(
            Map.entry("delta.checkpointInterval", "0"),
            Map.entry("delta.logRetentionDuration", "2 months"),
            Map.entry("delta.deletedFileRetentionDuration", "interval -1 days"),
            Map.entry("delta.appendOnly", "yes"),
            Map.entry("delta.targetFileSize", "12 parsecs"),
            Map.entry("delta.isolationLevel", "SnapshotIsolation"),
            Map.entry("delta.columnMapping.mode", "names"),
            Map.entry("delta.dataSkippingStatsColumns", "a,,b"),
            Map.entry("delta.dataSkippingNumIndexedCols", "-2"),
            Map.entry("delta.checkpointPolicy", "v3"),
            Map.entry("delta.minWriterVersion", "8"),
            Map.entry("delta.parquet.compression.codec", "zip"),
            Map.entry("delta.feature.deletionVectors", "on"));
    bad.forEach(
        (key, value) ->
            assertThatThrownBy(() -> PropertyRules.normalize(Map.of(key, value), AT))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(
                    "property '" + key + "' has the value '" + value + "', but "));
    assertThatThrownBy(() -> PropertyRules.normalize(Map.of("delta.checkpointIntervall", "1"), AT))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("The closest one is 'delta.checkpointInterval'");
    assertThatThrownBy(
            () -> PropertyRules.normalize(Map.of("delta.columnMapping.maxColumnId", "1"), AT))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("is kept up by the writers");
  }

  @Test
  void propertiesHaveTypes() {
    TableProperties empty = new TableProperties(Map.of());
    assertThat(empty.checkpointInterval()).isEqualTo(10);
    assertThat(empty.deletedFileRetention()).isEqualTo(Duration.ofDays(7));
    assertThat(empty.numIndexedColumns()).isEqualTo(32);
    TableProperties set =
        new TableProperties(
            Map.of(
                "delta.logRetentionDuration", "interval 1 week 2 days 3 hours",
                "delta.targetFileSize", "128mb",
                "delta.checkpointInterval", "often",
                "delta.deletedFileRetentionDuration", "soon",
                "delta.enableChangeDataCapture", "true"));
    assertThat(set.logRetention()).isEqualTo(Duration.ofHours(9 * 24 + 3));
    assertThat(set.targetFileSize()).hasValue(128L << 20);
    assertThat(set.checkpointInterval()).isEqualTo(10);
    assertThat(set.changeDataFeed()).isTrue();
    assertThatThrownBy(set::deletedFileRetention)
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining("'delta.deletedFileRetentionDuration' has the value 'soon'");
  }

  @Test
  void conditionsAreCollected() {
    StructType schema =
        new StructType()
            .add(
                "a",
                LongType.LONG,
                FieldMetadata.builder()
                    .putString("delta.invariants", "{\"expression\":{\"expression\":\"a > 3\"}}")
                    .build());
    TableMetadata t =
        TableMetadata.create("id", schema, List.of(), Map.of("delta.constraints.c", "a < 9"), 0);
    assertThat(Invariants.of(t, AT))
        .containsExactly(new Condition("a", "a > 3"), new Condition("c", "a < 9"));
    StructType damaged =
        new StructType()
            .add(
                "a",
                LongType.LONG,
                FieldMetadata.builder().putString("delta.invariants", "{}").build());
    assertThatThrownBy(() -> Invariants.ofColumns(damaged, AT))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("the invariant of column a is not of the form");
    assertThat(Invariants.mentions("x > 'a' AND `b``c` = \"d\"", "b`c")).isTrue();
    assertThat(Invariants.mentions("x > 'a'", "a")).isFalse();
    assertThat(Invariants.mentions("ab > 1", "a")).isFalse();
  }

  @Test
  void pathsAreReadAndWritten() {
    assertThat(ColumnPath.parseList("a.b, `c.d`.`e``f` ,g"))
        .containsExactly(ColumnPath.of("a", "b"), ColumnPath.of("c.d", "e`f"), ColumnPath.of("g"));
    assertThat(ColumnPath.of("a", "b c", "e`f").toString()).isEqualTo("a.`b c`.`e``f`");
    for (String bad : List.of("", "a.", ".a", "`a", "`a`b", "a,", "a..b")) {
      assertThatThrownBy(() -> ColumnPath.parseList(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + bad + "'");
    }
  }
}
