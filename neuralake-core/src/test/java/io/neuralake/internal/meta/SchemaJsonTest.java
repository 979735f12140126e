package io.neuralake.internal.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.VariantType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.error.UnsupportedTableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaJsonTest {
  private static final String AT = "s3://lab/t";

  @Property(tries = 300)
  void schemaSurvivesItsJson(@ForAll("schemas") StructType schema) throws Exception {
    String json = SchemaJson.write(schema);
    StructType back = SchemaJson.parse(json, AT);
    assertThat(back).isEqualTo(schema);
    assertThat(SchemaJson.write(back)).isEqualTo(json);
    // Kernel's own serializer is the oracle for the form.
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(json)).isEqualTo(mapper.readTree(schema.toJson()));
  }

  @Provide
  Arbitrary<StructType> schemas() {
    return SchemaArbitraries.schemas();
  }

  @Test
  void readsWhatOtherWritersLeaveOutOrAdd() {
    StructType schema =
        SchemaJson.parse(
            "{\"fields\":[{\"name\":\"a\",\"type\":\"decimal( 12 , 2 )\",\"extra\":1},"
                + "{\"type\":{\"type\":\"variant\"},\"metadata\":null,\"name\":\"v\","
                + "\"nullable\":false}],\"type\":\"struct\",\"x\":{}}",
            AT);
    assertThat(schema.at(0).getDataType()).isEqualTo(new DecimalType(12, 2));
    assertThat(schema.at(0).isNullable()).isTrue();
    assertThat(schema.at(1).getDataType()).isEqualTo(VariantType.VARIANT);
    assertThat(schema.at(1).isNullable()).isFalse();
  }

  @Test
  void metadataThatKernelCannotHoldIsKept() throws Exception {
    String json =
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\",\"nullable\":true,"
            + "\"metadata\":{\"mixed\":[1,\"a\",null],\"lists\":[[1],[2]],\"empty\":[],"
            + "\"huge\":123456789012345678901234567890,\"ints\":[1,9999999999],"
            + "\"__COLLATIONS\":{\"a\":\"ICU.de\"},\"__CHAR_VARCHAR_TYPE_STRING\":\"varchar(5)\"}}]}";
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(SchemaJson.write(SchemaJson.parse(json, AT))))
        .isEqualTo(mapper.readTree(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "null",
        "\"long\"",
        "{\"type\":\"struct\"}",
        "{\"type\":\"struct\",\"fields\":{}}",
        "{\"type\":\"struct\",\"fields\":[1]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":1,\"type\":\"long\"}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":5}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\",\"nullable\":1}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\",\"metadata\":[]}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\","
            + "\"metadata\":{\"delta.metadataSpec\":\"x\"}}]}",
        "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"array\"}}]}"
      })
  void damagedSchemaIsNamedAsSuch(String json) {
    assertThatThrownBy(() -> SchemaJson.parse(json, AT))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageStartingWith(AT + ": the schema in the table's metadata");
  }

  @ParameterizedTest
  @ValueSource(strings = {"void", "geometry(OGC:CRS84)", "decimal(39,1)", "decimal(2,3)", "nope"})
  void unknownTypeNamesTheColumn(String type) {
    assertThatThrownBy(
            () ->
                SchemaJson.parse(
                    "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"array\","
                        + "\"elementType\":\""
                        + type
                        + "\",\"containsNull\":true}}]}",
                    AT))
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining("column a.element has the type '" + type + "'");
  }

  @Test
  void depthIsBounded() {
    for (int depth : new int[] {99, 101, 500, 100_000}) {
      String json =
          "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":"
              + "{\"type\":\"array\",\"containsNull\":true,\"elementType\":".repeat(depth)
              + "\"long\""
              + "}".repeat(depth)
              + "}]}";
      if (depth < 100) {
        assertThat(SchemaJson.parse(json, AT).length()).isOne();
      } else {
        assertThatThrownBy(() -> SchemaJson.parse(json, AT))
            .isInstanceOf(CorruptTableException.class)
            .hasMessageContaining(AT);
      }
    }
  }

  @Property(tries = 500)
  void anyTextIsReadOrRefused(@ForAll String text) {
    try {
      SchemaJson.parse("{\"type\":\"struct\",\"fields\":[" + text + "]}", AT);
    } catch (NeuralLakeException e) {
      assertThat(e).hasMessageStartingWith(AT);
    }
  }

  @Test
  void tenThousandColumnsAreQuick() {
    List<StructField> fields = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      fields.add(new StructField("column_" + i, LongType.LONG, true));
    }
    StructType wide = new StructType(fields);
    Assertions.assertThatNoException()
        .isThrownBy(
            () ->
                org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                    Duration.ofSeconds(10),
                    () -> {
                      StructType back = SchemaJson.parse(SchemaJson.write(wide), AT);
                      assertThat(back.length()).isEqualTo(10_000);
                      assertThat(
                              SchemaEvolution.merge(back, wide, SchemaEvolution.Mode.ADD, AT)
                                  .changed())
                          .isFalse();
                    }));
  }
}
