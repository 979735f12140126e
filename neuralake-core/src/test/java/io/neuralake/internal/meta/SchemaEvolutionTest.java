package io.neuralake.internal.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.meta.SchemaEvolution.Mode;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SchemaEvolutionTest {
  private static final String AT = "s3://lab/t";
  private static final StructType TABLE =
      new StructType()
          .add("Id", LongType.LONG, false)
          .add("pos", new StructType().add("x", DoubleType.DOUBLE))
          .add("tags", new ArrayType(new StructType().add("k", StringType.STRING), true));

  @Provide
  Arbitrary<StructType> mergeable() {
    return SchemaArbitraries.mergeable();
  }

  @Property(tries = 200)
  void mergingTwiceIsMergingOnce(
      @ForAll("mergeable") StructType table, @ForAll("mergeable") StructType rows) {
    StructType once = SchemaEvolution.merge(table, rows, Mode.ADD, AT).schema();
    SchemaEvolution.Merged twice = SchemaEvolution.merge(once, rows, Mode.ADD, AT);
    assertThat(twice.changed()).isFalse();
    assertThat(twice.schema()).isSameAs(once);
    assertThat(SchemaEvolution.merge(once, table, Mode.NONE, AT).changed()).isFalse();
  }

  @Property(tries = 200)
  void oldColumnsStayInOrder(
      @ForAll("mergeable") StructType table, @ForAll("mergeable") StructType rows) {
    StructType merged = SchemaEvolution.merge(table, rows, Mode.ADD, AT).schema();
    assertThat(merged.fieldNames().subList(0, table.length())).isEqualTo(table.fieldNames());
    merged
        .fields()
        .subList(table.length(), merged.length())
        .forEach(added -> assertThat(added.isNullable()).isTrue());
    for (int i = 0; i < table.length(); i++) {
      assertThat(merged.at(i).getMetadata()).isEqualTo(table.at(i).getMetadata());
      assertThat(merged.at(i).isNullable()).isEqualTo(table.at(i).isNullable());
    }
  }

  @Test
  void newColumnsEnterNestedStructsAndKeepTheTablesSpelling() {
    StructType rows =
        new StructType()
            .add("ID", IntegerType.INTEGER)
            .add("POS", new StructType().add("y", DoubleType.DOUBLE, false))
            .add(
                "tags",
                new ArrayType(
                    new StructType().add("K", StringType.STRING).add("v", LongType.LONG), true))
            .add(
                "new",
                LongType.LONG,
                false,
                FieldMetadata.builder()
                    .putLong("delta.columnMapping.id", 7)
                    .putString("comment", "kept")
                    .build());
    StructType merged = SchemaEvolution.merge(TABLE, rows, Mode.ADD, AT).schema();
    assertThat(TypeNames.describe(merged))
        .isEqualTo(
            "struct<Id: long, pos: struct<x: double, y: double>, tags: array<struct<k: string, v:"
                + " long>>, new: long>");
    assertThat(merged.get("new").isNullable()).isTrue();
    assertThat(merged.get("new").getMetadata().getEntries()).isEqualTo(Map.of("comment", "kept"));
    assertThat(merged.get("Id").isNullable()).isFalse();
  }

  @Test
  void withoutEvolutionNewColumnsAreRefused() {
    StructType rows = new StructType().add("pos", new StructType().add("z", DoubleType.DOUBLE));
    assertThatThrownBy(() -> SchemaEvolution.merge(TABLE, rows, Mode.NONE, AT))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            AT
                + ": the rows have a column pos.z (double) that the table does not have. Leave it"
                + " out, or call evolveSchema(), which adds it.");
  }

  @Test
  void incompatibleTypesAreNamed() {
    StructType rows =
        new StructType().add("tags", new ArrayType(new StructType().add("k", LongType.LONG), true));
    assertThatThrownBy(() -> SchemaEvolution.merge(TABLE, rows, Mode.ADD_AND_WIDEN, AT))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith(
            AT + ": column tags.element.k is string in the table and long in the rows: ");
    StructType twice = new StructType().add("a", LongType.LONG).add("A", LongType.LONG);
    assertThatThrownBy(() -> SchemaEvolution.merge(TABLE, twice, Mode.ADD, AT))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("column A appears twice in the rows");
  }

  @Test
  void wideningIsRecordedAtTheNearestField() {
    StructType table =
        new StructType().add("a", new ArrayType(new ArrayType(IntegerType.INTEGER, true), true));
    StructType rows =
        new StructType().add("a", new ArrayType(new ArrayType(LongType.LONG, true), true));
    assertThatThrownBy(() -> SchemaEvolution.merge(table, rows, Mode.ADD, AT))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("set 'delta.enableTypeWidening' to 'true'");
    StructType merged = SchemaEvolution.merge(table, rows, Mode.ADD_AND_WIDEN, AT).schema();
    assertThat(SchemaJson.write(merged))
        .contains(
            "\"delta.typeChanges\":[{\"fieldPath\":\"element.element\",\"fromType\":\"integer\","
                + "\"toType\":\"long\"}]")
        .contains("\"elementType\":\"long\"");
    StructType decimal = new StructType().add("n", IntegerType.INTEGER);
    assertThatThrownBy(
            () ->
                SchemaEvolution.merge(
                    decimal, new StructType().add("n", DoubleType.DOUBLE), Mode.ADD_AND_WIDEN, AT))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("widen the column's type first");
  }

  @Test
  void wideningPairsAreThoseOfTheProtocol() {
    record Pair(DataType from, DataType to) {}
    List<Pair> allowed =
        List.of(
            new Pair(IntegerType.INTEGER, LongType.LONG),
            new Pair(IntegerType.INTEGER, DoubleType.DOUBLE),
            new Pair(FloatType.FLOAT, DoubleType.DOUBLE),
            new Pair(DateType.DATE, TimestampNTZType.TIMESTAMP_NTZ),
            new Pair(IntegerType.INTEGER, new DecimalType(12, 2)),
            new Pair(LongType.LONG, new DecimalType(20, 0)),
            new Pair(new DecimalType(5, 2), new DecimalType(7, 4)));
    List<Pair> refused =
        List.of(
            new Pair(LongType.LONG, IntegerType.INTEGER),
            new Pair(LongType.LONG, LongType.LONG),
            new Pair(LongType.LONG, DoubleType.DOUBLE),
            new Pair(LongType.LONG, new DecimalType(19, 0)),
            new Pair(IntegerType.INTEGER, new DecimalType(11, 2)),
            new Pair(new DecimalType(5, 2), new DecimalType(6, 4)),
            new Pair(new DecimalType(5, 2), new DecimalType(8, 1)),
            new Pair(IntegerType.INTEGER, StringType.STRING));
    assertThat(allowed).allMatch(pair -> TypeWidening.isSupported(pair.from, pair.to));
    assertThat(refused).noneMatch(pair -> TypeWidening.isSupported(pair.from, pair.to));
  }
}
