package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.InvalidRequestException;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaTypesTest {

  private static StructType of(String fields) {
    return new DeltaTypes("file:///t/a.parquet")
        .struct(MessageTypeParser.parseMessageType("message m { " + fields + " }"));
  }

  private static DataType type(String field) {
    return of(field).at(0).getDataType();
  }

  @Test
  void typesAreThoseThatSparkReads() {
    assertThat(type("required boolean a;")).isEqualTo(BooleanType.BOOLEAN);
    assertThat(type("required int32 a (INTEGER(8, true));")).isEqualTo(ByteType.BYTE);
    assertThat(type("required int32 a (INTEGER(16, true));")).isEqualTo(ShortType.SHORT);
    assertThat(type("required int32 a;")).isEqualTo(IntegerType.INTEGER);
    assertThat(type("required int32 a (DATE);")).isEqualTo(DateType.DATE);
    assertThat(type("required int64 a;")).isEqualTo(LongType.LONG);
    assertThat(type("required int64 a (TIMESTAMP(MILLIS, true));"))
        .isEqualTo(TimestampType.TIMESTAMP);
    assertThat(type("required int64 a (TIMESTAMP(MICROS, false));"))
        .isEqualTo(TimestampNTZType.TIMESTAMP_NTZ);
    assertThat(type("required int96 a;")).isEqualTo(TimestampType.TIMESTAMP);
    assertThat(type("required binary a;")).isEqualTo(BinaryType.BINARY);
    assertThat(type("required binary a (STRING);")).isEqualTo(StringType.STRING);
    assertThat(type("required binary a (ENUM);")).isEqualTo(StringType.STRING);
    assertThat(type("required fixed_len_byte_array(16) a (DECIMAL(38, 2));"))
        .isEqualTo(new DecimalType(38, 2));
    assertThat(type("required int32 a (DECIMAL(9, 2));")).isEqualTo(new DecimalType(9, 2));
    assertThat(of("required int32 a;").at(0).isNullable()).isTrue();
  }

  @Test
  void listsOfAllAges() {
    DataType longs = new ArrayType(LongType.LONG, true);
    assertThat(type("optional group a (LIST) { repeated group list { optional int64 element; } }"))
        .isEqualTo(longs);
    assertThat(type("optional group a (LIST) { repeated int64 array; }")).isEqualTo(longs);
    StructType pair = new StructType().add("x", LongType.LONG).add("y", LongType.LONG);
    assertThat(
            type(
                "optional group a (LIST) { repeated group array { optional int64 x; optional int64"
                    + " y; } }"))
        .isEqualTo(new ArrayType(pair, true));
    assertThat(type("optional group a (LIST) { repeated group a_tuple { optional int64 x; } }"))
        .isEqualTo(new ArrayType(new StructType().add("x", LongType.LONG), true));
    assertThat(
            type(
                "optional group a (MAP) { repeated group key_value { required binary key (STRING);"
                    + " optional group value { optional int64 x; } } }"))
        .isEqualTo(new MapType(StringType.STRING, new StructType().add("x", LongType.LONG), true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "required int32 odd (INTEGER(32, false));",
        "required int64 odd (INTEGER(64, false));",
        "required int64 odd (TIMESTAMP(NANOS, true));",
        "required int32 odd (TIME(MILLIS, true));",
        "required fixed_len_byte_array(16) odd (UUID);",
        "required fixed_len_byte_array(2) odd (FLOAT16);",
        "repeated int64 odd;",
        "optional group g { repeated group odd { optional int64 x; } }",
      })
  void otherTypesAreRefusedByFileAndColumn(String fields) {
    assertThatThrownBy(() -> of(fields))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("file:///t/a.parquet: its column 'odd' has a type that Delta");
  }
}
