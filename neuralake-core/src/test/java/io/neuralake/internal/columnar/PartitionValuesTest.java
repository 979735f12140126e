package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionValuesTest {

  private static StructField column(DataType type) {
    return new StructField("p", type, true);
  }

  private static void roundTrip(DataType type, Object value, String text) {
    assertThat(PartitionValues.format(column(type), value)).isEqualTo(text);
    assertThat(PartitionValues.parse(column(type), text)).isEqualTo(value);
  }

  @Test
  void everyTypeHasTheProtocolsText() {
    roundTrip(BooleanType.BOOLEAN, true, "true");
    roundTrip(ByteType.BYTE, (byte) -1, "-1");
    roundTrip(ShortType.SHORT, (short) 300, "300");
    roundTrip(IntegerType.INTEGER, -7, "-7");
    roundTrip(LongType.LONG, 1L << 40, "1099511627776");
    roundTrip(FloatType.FLOAT, 1.5f, "1.5");
    roundTrip(DoubleType.DOUBLE, Double.NaN, "NaN");
    roundTrip(new DecimalType(30, 9), new BigDecimal("0.000000010"), "0.000000010");
    roundTrip(StringType.STRING, "a/b c=%", "a/b c=%");
    roundTrip(DateType.DATE, LocalDate.of(2024, 2, 29), "2024-02-29");
    roundTrip(
        TimestampType.TIMESTAMP,
        Instant.parse("1970-01-01T00:00:00.123456Z"),
        "1970-01-01T00:00:00.123456Z");
    roundTrip(
        TimestampNTZType.TIMESTAMP_NTZ,
        LocalDateTime.parse("2024-01-02T03:04:05.678"),
        "2024-01-02 03:04:05.678");
    byte[] bytes = {1, 2, 3};
    assertThat(PartitionValues.format(column(BinaryType.BINARY), bytes))
        .isEqualTo("\u0001\u0002\u0003");
    assertThat((byte[]) PartitionValues.parse(column(BinaryType.BINARY), "\u0001ä"))
        .isEqualTo("\u0001ä".getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "2024-01-02 03:04:05, 2024-01-02T03:04:05Z",
    "2024-01-02 03:04:05.6, 2024-01-02T03:04:05.6Z",
    "2024-01-02 03:04:05.123456, 2024-01-02T03:04:05.123456Z",
    "2024-01-02T03:04:05.123456Z, 2024-01-02T03:04:05.123456Z",
    "2024-01-02T03:04:05+02:00, 2024-01-02T01:04:05Z",
    "2024-01-02, 2024-01-02T00:00:00Z",
    "0001-01-01 00:00:00, 0001-01-01T00:00:00Z"
  })
  void timestampsAreReadInBothForms(String text, String expected) {
    assertThat(PartitionValues.parse(column(TimestampType.TIMESTAMP), text))
        .isEqualTo(Instant.parse(expected));
  }

  @Test
  void nullIsNullOrEmpty() {
    assertThat(PartitionValues.parse(column(StringType.STRING), null)).isNull();
    assertThat(PartitionValues.parse(column(IntegerType.INTEGER), "")).isNull();
    assertThat(PartitionValues.format(column(DateType.DATE), null)).isNull();
  }

  @Test
  void whatIsEmptyIsWrittenAsNullUnlessTheColumnMustNotBeNull() {
    assertThat(PartitionValues.format(column(StringType.STRING), "")).isNull();
    assertThat(PartitionValues.format(column(BinaryType.BINARY), new byte[0])).isNull();
    StructField required = new StructField("p", StringType.STRING, false);
    assertThat(PartitionValues.format(required, " ")).isEqualTo(" ");
    assertThatThrownBy(() -> PartitionValues.format(required, ""))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("partition column p is empty")
        .hasMessageContaining("must not be null");
  }

  @Test
  void nonsenseIsReportedWithItsColumn() {
    assertThatThrownBy(() -> PartitionValues.parse(column(IntegerType.INTEGER), "1.5"))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("'1.5' of column p is no integer");
    assertThatThrownBy(() -> PartitionValues.parse(column(DateType.DATE), "yesterday"))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("'yesterday' of column p is no date");
    assertThatThrownBy(() -> PartitionValues.parse(column(new DecimalType(5, 2)), "1e999999999"))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("is no Decimal(5, 2)");
    assertThatThrownBy(
            () -> PartitionValues.format(column(BinaryType.BINARY), new byte[] {(byte) 0xff}))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("partition column p is no UTF-8");
  }

  @ParameterizedTest
  @CsvSource({
    "p, plain, p=plain",
    "p, a b, p=a b",
    "p, a/b=c%:d, p=a%2Fb%3Dc%25%3Ad",
    "'p ', 'x''y', 'p =x%27y'",
    "p, , p=__HIVE_DEFAULT_PARTITION__",
    "p, ä, p=ä"
  })
  void directoriesAreEscapedAsSparkDoesIt(String name, String text, String directory) {
    assertThat(PartitionValues.directory(name, text)).isEqualTo(directory);
  }
}
