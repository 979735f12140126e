package io.neuralake.internal.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.GeometryType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.neuralake.error.InvalidRequestException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows that change the table they are written into: ids, checks and the protocol follow. */
class SchemaMergeMetadataTest {
  private static final String AT = "s3://lab/t";

  private static TableDefinition table(Map<String, String> properties) {
    return TableDefinition.create(
        new TableDefinition.Request(
            new StructType().add("n", IntegerType.INTEGER), List.of(), properties, null, null),
        0,
        SchemaArbitraries.uuids(1),
        AT);
  }

  private static TableMetadata merge(TableDefinition table, StructType rows, boolean evolve) {
    return SchemaEvolution.merge(table.metadata(), rows, evolve, SchemaArbitraries.uuids(2), AT);
  }

  @Test
  void addedColumnsGetIdsAndFeatures() {
    TableDefinition table = table(Map.of("delta.columnMapping.mode", "name"));
    StructType rows = new StructType().add("t", TimestampNTZType.TIMESTAMP_NTZ);
    TableDefinition changed = table.change(merge(table, rows, true), AT);
    ColumnMapping.validate(changed.metadata(), AT);
    assertThat(changed.metadata().properties().maxColumnId()).isEqualTo(2);
    assertThat(changed.protocol().minReaderVersion()).isEqualTo(3);
    assertThat(changed.protocol().readerFeatures())
        .containsExactly("columnMapping", "timestampNtz");
    assertThat(merge(changed, rows, true)).isSameAs(changed.metadata());
    assertThat(merge(changed, rows, false)).isSameAs(changed.metadata());
  }

  @Test
  void typesWidenOnlyWhereTheTableAllowsIt() {
    StructType rows = new StructType().add("N", LongType.LONG);
    assertThatThrownBy(() -> merge(table(Map.of()), rows, true))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("column n is integer in the table and long in the rows");
    TableDefinition widening = table(Map.of("delta.enableTypeWidening", "true"));
    assertThat(merge(widening, rows, true).schema().get("n").getDataType())
        .isEqualTo(LongType.LONG);
    assertThatThrownBy(() -> merge(widening, rows, false))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("write with schema evolution");
  }

  @Test
  void addedColumnsAreChecked() {
    for (StructType rows :
        List.of(
            new StructType().add("g", GeometryType.ofDefault()),
            new StructType().add("a b", LongType.LONG))) {
      assertThatThrownBy(() -> merge(table(Map.of()), rows, true))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageStartingWith(AT + ": ");
    }
  }
}
