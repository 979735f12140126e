package io.neuralake.internal.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.meta.SchemaAlterations.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SchemaAlterationsTest {
  private static final String AT = "s3://lab/t";
  private static final StructType SCHEMA =
      new StructType()
          .add("id", IntegerType.INTEGER, false)
          .add("region", StringType.STRING)
          .add(
              "points",
              new ArrayType(
                  new StructType().add("x", DoubleType.DOUBLE).add("n", IntegerType.INTEGER),
                  false))
          .add("v", DoubleType.DOUBLE);

  private static TableMetadata table(Map<String, String> properties) {
    return TableDefinition.create(
            new TableDefinition.Request(SCHEMA, List.of("REGION"), properties, null, null),
            1L,
            SchemaArbitraries.uuids(1),
            AT)
        .metadata();
  }

  private static TableMetadata mapped() {
    return table(
        Map.of(
            "delta.columnMapping.mode",
            "name",
            "delta.dataSkippingStatsColumns",
            "v,id",
            "parquet.bloom.filter.columns",
            "v"));
  }

  private static SchemaAlterations alter(TableMetadata metadata) {
    return new SchemaAlterations(metadata, SchemaArbitraries.uuids(2), AT);
  }

  private static void refused(Runnable change, String message) {
    assertThatThrownBy(change::run)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith(AT + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void addsColumnsAnywhere() {
    TableMetadata t = table(Map.of());
    ColumnPath y = ColumnPath.parse("Points.ELEMENT.y");
    TableMetadata added =
        alter(t).addColumn(y, LongType.LONG, true, "why", new Position.After("X"));
    assertThat(TypeNames.describe(added.schema().get("points").getDataType()))
        .isEqualTo("array<struct<x: double, y: long, n: integer>>");
    assertThat(added.schemaString()).contains("\"comment\":\"why\"");
    TableMetadata first =
        alter(t).addColumn(ColumnPath.of("a"), LongType.LONG, true, null, new Position.First());
    assertThat(first.schema().fieldNames()).startsWith("a", "id");
    SchemaAlterations alter = alter(t);
    Position last = new Position.Last();
    refused(
        () -> alter.addColumn(ColumnPath.of("ID"), LongType.LONG, true, null, last),
        "column ID exists already");
    refused(
        () -> alter.addColumn(ColumnPath.of("n"), LongType.LONG, false, null, last),
        "cannot be added as NOT NULL");
    refused(
        () -> alter.addColumn(ColumnPath.of("a b"), LongType.LONG, true, null, last),
        "the name of column `a b` has a blank");
    refused(
        () -> alter.addColumn(ColumnPath.of("points", "z"), LongType.LONG, true, null, last),
        "address its items as points.element");
    refused(
        () -> alter.addColumn(ColumnPath.of("no", "z"), LongType.LONG, true, null, last),
        "there is no column no.");
  }

  @Test
  void renameKeepsPhysicalNamesAndPartitionColumns() {
    TableMetadata t = mapped();
    List<String> physical = ColumnMapping.physicalPartitionColumns(t);
    TableMetadata renamed = alter(t).renameColumn(ColumnPath.of("Region"), "area, of");
    assertThat(renamed.partitionColumns()).containsExactly("area, of");
    assertThat(ColumnMapping.physicalPartitionColumns(renamed)).isEqualTo(physical);
    TableMetadata v = alter(t).renameColumn(ColumnPath.of("v"), "a.b");
    assertThat(v.configuration())
        .containsEntry("delta.dataSkippingStatsColumns", "`a.b`,id")
        .containsEntry("parquet.bloom.filter.columns", "`a.b`");
    refused(() -> alter(t).renameColumn(ColumnPath.of("v"), "ID"), "a column of that name exists");
    refused(
        () -> alter(table(Map.of())).renameColumn(ColumnPath.of("v"), "w"),
        "Set 'delta.columnMapping.mode' to 'name' first");
  }

  @Test
  void dropsWhatNothingDependsOn() {
    TableMetadata t = mapped();
    TableMetadata dropped = alter(t).dropColumn(ColumnPath.of("V"));
    assertThat(dropped.schema().fieldNames()).containsExactly("id", "region", "points");
    assertThat(dropped.configuration())
        .containsEntry("delta.dataSkippingStatsColumns", "id")
        .doesNotContainKey("parquet.bloom.filter.columns")
        .containsEntry(
            TableProperties.MAX_COLUMN_ID, t.configuration().get(TableProperties.MAX_COLUMN_ID));
    refused(() -> alter(t).dropColumn(ColumnPath.of("region")), "is partitioned by it");
    TableMetadata checked = PropertyChanges.addConstraint(t, "pos", "'id' <> '' AND V > 0", AT);
    refused(() -> alter(checked).dropColumn(ColumnPath.of("v")), "constraint 'pos'");
    assertThat(alter(checked).dropColumn(ColumnPath.of("id")).schema().length()).isEqualTo(3);
    TableMetadata one = alter(t).dropColumn(ColumnPath.parse("points.element.x"));
    refused(
        () -> alter(one).dropColumn(ColumnPath.parse("points.element.n")),
        "it is the last one of points.element");
  }

  @Property(tries = 100)
  void physicalNamesOutliveRenamesDropsAndAdds(
      @ForAll @Size(max = 12) List<@IntRange(max = 8) Integer> steps) {
    TableMetadata t = mapped();
    Map<Long, String> physicalById = new HashMap<>();
    remember(t, physicalById);
    int next = 0;
    for (int step : steps) {
      List<String> names = new ArrayList<>(t.schema().fieldNames());
      names.remove("region");
      ColumnPath column = ColumnPath.of(names.get(step % names.size()));
      SchemaAlterations alter = new SchemaAlterations(t, SchemaArbitraries.uuids(next + 10), AT);
      String fresh = "n" + next++;
      UnaryOperator<TableMetadata> change =
          switch (step % 3) {
            case 0 -> before -> alter.renameColumn(column, fresh);
            case 1 -> before -> names.size() > 1 ? alter.dropColumn(column) : before;
            default ->
                before ->
                    alter.addColumn(
                        ColumnPath.of(fresh), LongType.LONG, true, null, new Position.Last());
          };
      t = change.apply(t);
      remember(t, physicalById);
      ColumnMapping.validate(t, AT);
    }
    assertThat(physicalById.values()).doesNotHaveDuplicates();
  }

  private static void remember(TableMetadata t, Map<Long, String> physicalById) {
    SchemaTree.forEach(
        t.schema(),
        (path, field) -> {
          String name = ColumnMapping.physicalName(field);
          String earlier = physicalById.putIfAbsent(ColumnMapping.id(field).getAsLong(), name);
          assertThat(earlier == null ? name : earlier).isEqualTo(name);
        });
  }

  @Test
  void relaxesAndComments() {
    TableMetadata t = table(Map.of());
    assertThat(alter(t).relaxNullability(ColumnPath.of("ID")).schema().get("id").isNullable())
        .isTrue();
    TableMetadata items = alter(t).relaxNullability(ColumnPath.parse("points.element"));
    assertThat(((ArrayType) items.schema().get("points").getDataType()).containsNull()).isTrue();
    assertThat(alter(t).relaxNullability(ColumnPath.of("v"))).isSameAs(t);
    TableMetadata said = alter(t).comment(ColumnPath.of("v"), "volts");
    assertThat(said.schema().get("v").getMetadata().getString("comment")).isEqualTo("volts");
    assertThat(alter(said).comment(ColumnPath.of("v"), null)).isEqualTo(t);
  }

  @Test
  void widensTypes() {
    TableMetadata t = table(Map.of("delta.enableTypeWidening", "true"));
    TableMetadata wide = alter(t).widenType(ColumnPath.of("id"), LongType.LONG);
    assertThat(wide.schema().get("id").getDataType()).isEqualTo(LongType.LONG);
    assertThat(wide.schemaString())
        .contains("\"delta.typeChanges\":[{\"fromType\":\"integer\",\"toType\":\"long\"}]");
    refused(() -> alter(wide).widenType(ColumnPath.of("id"), IntegerType.INTEGER), "from long to");
    refused(
        () -> alter(table(Map.of())).widenType(ColumnPath.of("id"), LongType.LONG),
        "Set 'delta.enableTypeWidening' to 'true' first");
  }

  @Test
  void propertiesChange() {
    TableMetadata t = table(Map.of());
    TableMetadata named =
        PropertyChanges.set(t, Map.of("Delta.ColumnMapping.Mode", "name", "mine", "1"), AT);
    assertThat(ColumnMapping.physicalPartitionColumns(named)).containsExactly("region");
    assertThat(named.configuration())
        .containsEntry(TableProperties.MAX_COLUMN_ID, "6")
        .containsEntry("mine", "1");
    refused(
        () -> PropertyChanges.set(named, Map.of("delta.columnMapping.mode", "id"), AT),
        "cannot change from 'name' to 'id'");
    refused(
        () -> PropertyChanges.unset(named, List.of("delta.columnMapping.mode"), AT),
        "cannot change from 'name' to 'none'");
    refused(
        () -> PropertyChanges.set(t, Map.of("delta.constraints.a", "id > 0"), AT),
        "Add it with addConstraint()");
    refused(
        () -> PropertyChanges.set(t, Map.of("delta.enableRowTracking", "true"), AT),
        "Set it when the table is created");
    assertThat(PropertyChanges.unset(named, List.of("mine"), AT).configuration())
        .doesNotContainKey("mine");
  }
}
