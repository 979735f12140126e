package io.neuralake.internal.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.UnsupportedTableException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProtocolRulesTest {
  private static final String AT = "s3://lab/t";
  private static final StructType PLAIN =
      new StructType().add("id", LongType.LONG).add("s", StringType.STRING);
  private static final StructType GENERATED =
      PLAIN.add(
          "g",
          LongType.LONG,
          FieldMetadata.builder().putString("delta.generationExpression", "id + 1").build());

  private static TableDefinition create(StructType schema, Map<String, String> properties) {
    return TableDefinition.create(
        new TableDefinition.Request(schema, List.of(), properties, null, null),
        0,
        SchemaArbitraries.uuids(1),
        AT);
  }

  private static String protocol(StructType schema, String... properties) {
    Map<String, String> all = new TreeMap<>();
    for (int i = 0; i < properties.length; i += 2) {
      all.put(properties[i], properties[i + 1]);
    }
    return create(schema, all).protocol().toJson().toString();
  }

  @Test
  void newTablesGetTheWeakestProtocol() {
    String plain = "{\"minReaderVersion\":1,\"minWriterVersion\":2}";
    assertThat(protocol(PLAIN)).isEqualTo(plain);
    assertThat(protocol(PLAIN, "delta.appendOnly", "true", "my.own", "x")).isEqualTo(plain);
    assertThat(protocol(PLAIN, "delta.minReaderVersion", "3", "delta.minWriterVersion", "7"))
        .isEqualTo(plain);
    assertThat(protocol(PLAIN, "delta.minReaderVersion", "2", "delta.minWriterVersion", "5"))
        .isEqualTo("{\"minReaderVersion\":2,\"minWriterVersion\":5}");
    assertThat(protocol(PLAIN, "delta.constraints.c", "id > 0"))
        .isEqualTo("{\"minReaderVersion\":1,\"minWriterVersion\":3}");
    assertThat(protocol(PLAIN, "delta.enableChangeDataFeed", "true"))
        .isEqualTo(
            "{\"minReaderVersion\":1,\"minWriterVersion\":7,\"writerFeatures\":[\"appendOnly\","
                + "\"changeDataFeed\",\"invariants\"]}");
    assertThat(protocol(PLAIN, "delta.columnMapping.mode", "name"))
        .isEqualTo(
            "{\"minReaderVersion\":2,\"minWriterVersion\":7,\"writerFeatures\":[\"appendOnly\","
                + "\"columnMapping\",\"invariants\"]}");
    assertThat(protocol(PLAIN, "delta.feature.DeletionVectors", "supported"))
        .isEqualTo(
            "{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":"
                + "[\"deletionVectors\"],\"writerFeatures\":[\"appendOnly\",\"deletionVectors\","
                + "\"invariants\"]}");
    assertThat(create(PLAIN, Map.of("delta.enableRowTracking", "true")).protocol().writerFeatures())
        .contains("rowTracking", "domainMetadata");
    assertThat(
            create(PLAIN.add("t", TimestampNTZType.TIMESTAMP_NTZ), Map.of())
                .protocol()
                .readerFeatures())
        .containsExactly("timestampNtz");
  }

  @Test
  void protocolPropertiesAreNotStored() {
    TableDefinition table =
        create(
            PLAIN,
            Map.of("delta.feature.v2Checkpoint", "supported", "delta.minWriterVersion", "4"));
    assertThat(table.metadata().configuration()).isEmpty();
    assertThat(table.protocol().readerFeatures()).containsExactly("v2Checkpoint");
    assertThat(table.protocol().supports(TableFeature.CHANGE_DATA_FEED)).isTrue();
  }

  @Test
  void featuresThatCannotBeWrittenAreRefusedAtCreation() {
    assertThatThrownBy(() -> create(PLAIN, Map.of("delta.enableIcebergCompatV2", "true")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("icebergCompatV2");
    assertThat(create(GENERATED, Map.of()).protocol().writerFeatures())
        .contains("generatedColumns");
    assertThatThrownBy(() -> create(PLAIN, Map.of("delta.feature.foo", "supported")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no table feature 'foo'");
  }

  @Test
  void upgradesListWhatLegacyVersionsImplied() {
    TableMetadata t = create(PLAIN, Map.of()).metadata();
    TableMetadata dv = PropertyChanges.set(t, Map.of("delta.enableDeletionVectors", "true"), AT);
    TableProtocol upgraded = ProtocolRules.upgrade(TableProtocol.of(2, 5), dv, AT);
    assertThat(upgraded.minReaderVersion()).isEqualTo(3);
    assertThat(upgraded.readerFeatures()).containsExactly("columnMapping", "deletionVectors");
    assertThat(upgraded.writerFeatures())
        .containsExactly(
            "appendOnly",
            "changeDataFeed",
            "checkConstraints",
            "columnMapping",
            "deletionVectors",
            "generatedColumns",
            "invariants");
    TableProtocol same = TableProtocol.of(1, 2);
    assertThat(ProtocolRules.upgrade(same, t, AT)).isSameAs(same);
    assertThat(ProtocolRules.upgrade(upgraded, dv, AT)).isSameAs(upgraded);
    TableProtocol listed = new TableProtocol(3, 7, Set.of(), Set.of());
    TableMetadata appendOnly = PropertyChanges.set(t, Map.of("delta.appendOnly", "true"), AT);
    assertThat(ProtocolRules.upgrade(listed, appendOnly, AT))
        .isEqualTo(new TableProtocol(3, 7, Set.of(), Set.of("appendOnly")));
  }

  @Test
  void readersIgnoreWriterFeatures() {
    ProtocolRules.checkReadable(
        new TableProtocol(3, 7, Set.of("deletionVectors"), Set.of("futureWriterThing")), AT);
    assertThatThrownBy(
            () ->
                ProtocolRules.checkReadable(
                    new TableProtocol(3, 7, Set.of("variantShredding", "zeta"), Set.of()), AT))
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageStartingWith(AT + ": neuralake cannot read this table")
        .hasMessageContaining("variantShredding, zeta");
    assertThatThrownBy(() -> ProtocolRules.checkReadable(TableProtocol.of(99, 7), AT))
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining("reader version 99");
  }

  @Test
  void writersRefuseByName() {
    ProtocolRules.checkWritable(TableProtocol.of(2, 6), AT);
    ProtocolRules.checkWritable(
        new TableProtocol(1, 7, Set.of(), Set.of("generatedColumns", "clustering")), AT);
    assertThatThrownBy(
            () ->
                ProtocolRules.checkWritable(
                    new TableProtocol(1, 7, Set.of(), Set.of("icebergCompatV1", "AppendOnly", "x")),
                    AT))
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining("cannot write to this table")
        .hasMessageContaining("AppendOnly, icebergCompatV1, x");
  }

  @Test
  void actionsSurviveTheirJson() throws Exception {
    TableDefinition t = create(PLAIN, Map.of("delta.enableDeletionVectors", "true", "a", "b"));
    assertThat(TableProtocol.fromJson(t.protocol().toJson(), AT)).isEqualTo(t.protocol());
    TableMetadata named = t.metadata().withNames("n", "d");
    assertThat(TableMetadata.fromJson(named.toJson(), AT)).isEqualTo(named);
    ObjectMapper mapper = new ObjectMapper();
    TableMetadata old =
        TableMetadata.fromJson(
            mapper.readTree(
                "{\"id\":\"testId\",\"format\":{\"provider\":\"parquet\",\"options\":{}},"
                    + "\"partitionColumns\":[],\"configuration\":{}}"),
            AT);
    assertThat(old.schema().length()).isZero();
    assertThat(old.createdTime()).isNull();
    for (String damaged :
        List.of(
            "[]",
            "{}",
            "{\"minReaderVersion\":1}",
            "{\"minReaderVersion\":1,\"minWriterVersion\":\"2\"}",
            "{\"minReaderVersion\":3,\"minWriterVersion\":2}",
            "{\"minReaderVersion\":1,\"minWriterVersion\":2,\"writerFeatures\":[\"a\"]}",
            "{\"minReaderVersion\":1,\"minWriterVersion\":7,\"writerFeatures\":[1]}")) {
      assertThatThrownBy(() -> TableProtocol.fromJson(mapper.readTree(damaged), AT))
          .isInstanceOf(CorruptTableException.class)
          .hasMessageStartingWith(AT + ": the 'protocol' action of the log is damaged");
    }
  }
}
