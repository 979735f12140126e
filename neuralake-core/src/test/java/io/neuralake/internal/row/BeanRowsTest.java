package io.neuralake.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.schema.DecimalColumn;
import io.neuralake.schema.Schemas;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BeanRowsTest {

  enum Color {
    RED,
    GREEN
  }

  record Point(int x, Double y) {}

  record Leaves(
      boolean bool,
      byte b,
      short s,
      int i,
      long l,
      float f,
      double d,
      Boolean boxedBool,
      Byte boxedByte,
      Short boxedShort,
      Integer boxedInt,
      Long boxedLong,
      Float boxedFloat,
      Double boxedDouble,
      String text,
      CharSequence chars) {}

  record Times(
      LocalDate date,
      java.sql.Date sqlDate,
      Instant instant,
      java.sql.Timestamp timestamp,
      LocalDateTime local) {}

  record Others(
      @DecimalColumn(precision = 20, scale = 3) BigDecimal money,
      BigInteger big,
      ByteBuffer buffer,
      Color color,
      UUID uuid,
      Optional<String> maybe,
      Optional<Point> maybePoint) {}

  record Nested(
      Point point,
      List<Point> points,
      Set<String> set,
      Map<String, List<Integer>> map,
      Map<Long, Point> byId) {}

  private static <T> T roundTrip(Class<T> type, T row) {
    List<T> back =
        Rows.through(
            RowEncoder.forClass(type, Schemas.fromClass(type)),
            RowDecoder.forClass(type),
            List.of(row, row));
    assertThat(back).hasSize(2);
    assertThat(back.get(1)).isEqualTo(back.get(0));
    return back.get(0);
  }

  @Property(tries = 200)
  void primitivesSurvive(
      @ForAll boolean bool,
      @ForAll byte b,
      @ForAll short s,
      @ForAll int i,
      @ForAll long l,
      @ForAll float f,
      @ForAll double d) {
    Leaves full = new Leaves(bool, b, s, i, l, f, d, bool, b, s, i, l, f, d, "t" + i, "c" + l);
    assertThat(roundTrip(Leaves.class, full)).isEqualTo(full);
    Leaves empty =
        new Leaves(bool, b, s, i, l, f, d, null, null, null, null, null, null, null, null, null);
    assertThat(roundTrip(Leaves.class, empty)).isEqualTo(empty);
  }

  @Test
  void timesSurvive() {
    Instant instant = Instant.parse("2026-11-20T10:15:30.123456Z");
    Times times =
        new Times(
            LocalDate.of(1900, 2, 28),
            java.sql.Date.valueOf("2026-11-20"),
            instant,
            java.sql.Timestamp.from(instant),
            LocalDateTime.of(1, 1, 1, 0, 0));
    assertThat(roundTrip(Times.class, times)).isEqualTo(times);
    Times nothing = new Times(null, null, null, null, null);
    assertThat(roundTrip(Times.class, nothing)).isEqualTo(nothing);
  }

  @Test
  void otherLeavesSurvive() {
    Others others =
        new Others(
            new BigDecimal("12345678901234567.891"),
            BigInteger.TEN.pow(37).negate(),
            ByteBuffer.wrap(new byte[] {1, 2, 3}),
            Color.GREEN,
            UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
            Optional.of("here"),
            Optional.of(new Point(1, null)));
    assertThat(roundTrip(Others.class, others)).isEqualTo(others);
    Others nothing = new Others(null, null, null, null, null, Optional.empty(), Optional.empty());
    assertThat(roundTrip(Others.class, nothing)).isEqualTo(nothing);
  }

  @Test
  void nestedValuesSurvive() {
    Map<Long, Point> byId = new LinkedHashMap<>();
    byId.put(7L, new Point(7, 0.5));
    byId.put(8L, null);
    Nested nested =
        new Nested(
            new Point(1, 2.0),
            Arrays.asList(new Point(3, 4.0), null, new Point(5, null)),
            Set.of("a", "b"),
            Map.of("k", Arrays.asList(1, null, 3), "e", List.of()),
            byId);
    assertThat(roundTrip(Nested.class, nested)).isEqualTo(nested);
    Nested nothing = new Nested(null, null, null, null, null);
    assertThat(roundTrip(Nested.class, nothing)).isEqualTo(nothing);
  }

  public static final class Arrays2 {
    public long[] longs;
    public int[] ints;
    public double[] doubles;
    public float[] floats;
    public boolean[] booleans;
    public short[] shorts;
    public String[] strings;
    public byte[] bytes;
    public int[][] matrix;
    public int plain;
    public boolean flag;
    public double real;
  }

  @Test
  void pojoWithPublicFieldsAndArraysSurvives() {
    Arrays2 row = new Arrays2();
    row.longs = new long[] {1, Long.MIN_VALUE};
    row.ints = new int[] {2, Integer.MAX_VALUE};
    row.doubles = new double[] {0.1};
    row.floats = new float[] {0.1f};
    row.booleans = new boolean[] {true, false};
    row.shorts = new short[] {-5};
    row.strings = new String[] {"a", null};
    row.bytes = new byte[] {9, 8};
    row.matrix = new int[][] {{1}, {}, null};
    row.plain = 4;
    row.flag = true;
    row.real = 2.5;
    StructType schema = Schemas.fromClass(Arrays2.class);
    Arrays2 back =
        Rows.through(
                RowEncoder.forClass(Arrays2.class, schema),
                RowDecoder.forClass(Arrays2.class),
                List.of(row))
            .get(0);
    assertThat(back).usingRecursiveComparison().isEqualTo(row);
  }

  public static class Animal {
    private String name;
    private Integer legs = 4;
    private long born;
    private boolean wild;
    private Point at;

    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }

    public Integer getLegs() {
      return legs;
    }

    public long getBorn() {
      return born;
    }

    public void setBorn(long born) {
      this.born = born;
    }

    public boolean isWild() {
      return wild;
    }

    public void setWild(boolean wild) {
      this.wild = wild;
    }

    public Point getAt() {
      return at;
    }

    public void setAt(Point at) {
      this.at = at;
    }
  }

  @Test
  void beanWithGettersAndSettersSurvives() {
    Animal cat = new Animal();
    cat.setName("cat");
    cat.setBorn(20200101);
    cat.setWild(true);
    cat.setAt(new Point(1, 1.0));
    StructType schema = Schemas.fromClass(Animal.class);
    RowEncoder<Animal> encoder = RowEncoder.forClass(Animal.class, schema);
    Animal back = Rows.through(encoder, RowDecoder.forClass(Animal.class), List.of(cat)).get(0);
    assertThat(back).usingRecursiveComparison().isEqualTo(cat);
  }

  @Test
  void propertyWithoutColumnKeepsItsDefault() {
    StructType schema =
        new StructType()
            .add("born", LongType.LONG)
            .add("WILD", Schemas.fromClass(Leaves.class).at(0).getDataType());
    Animal back =
        Rows.through(
                RowEncoder.forMaps(schema),
                RowDecoder.forClass(Animal.class),
                List.of(Map.<String, Object>of("born", 5L, "WILD", true)))
            .get(0);
    assertThat(back.getLegs()).isEqualTo(4);
    assertThat(back.getName()).isNull();
    assertThat(back.isWild()).isTrue();
  }

  record Narrow(int id, String name) {}

  private static List<Narrow> narrow(StructType schema, Map<String, Object> row) {
    return Rows.through(
        RowEncoder.forMaps(schema), RowDecoder.forClass(Narrow.class), List.of(row));
  }

  @Test
  void widerColumnIsNarrowedWhenValuesFit() {
    StructType schema = new StructType().add("id", LongType.LONG).add("extra", LongType.LONG);
    assertThat(narrow(schema, Map.of("id", 3L, "extra", 1L))).containsExactly(new Narrow(3, null));
    assertThatThrownBy(() -> narrow(schema, Map.of("id", 1L << 40)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "row 0, column 'id': value 1099511627776 is out of range of Narrow.id; use a wider"
                + " type");
  }

  @Test
  void nullIntoPrimitiveNamesColumn() {
    StructType schema = new StructType().add("id", IntegerType.INTEGER);
    assertThatThrownBy(() -> narrow(schema, Collections.singletonMap("id", null)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "row 0, column 'id': null cannot be put into Narrow.id of type int; declare it with the"
                + " boxed type, or filter the nulls out");
  }

  @Test
  void missingColumnOfPrimitiveAndWrongTypeAreRefused() {
    assertThatThrownBy(
            () -> narrow(new StructType().add("name", StringType.STRING), Map.of("name", "n")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "column 'id': there is no such column, but Narrow.id cannot be null; select the column,"
                + " or declare the property nullable");
    assertThatThrownBy(
            () -> narrow(new StructType().add("id", StringType.STRING), Map.of("id", "n")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "column 'id': the column is string, it cannot be read into Narrow.id of type int;"
                + " change the property's type");
  }

  record Colored(Color color, UUID uuid) {}

  @Test
  void unknownConstantAndUuidAreRefused() {
    StructType schema = Schemas.fromClass(Colored.class);
    RowDecoder<Colored> decoder = RowDecoder.forClass(Colored.class);
    assertThatThrownBy(
            () ->
                Rows.through(
                    RowEncoder.forMaps(schema),
                    decoder,
                    List.of(Map.<String, Object>of("color", "BLUE"))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("row 0, column 'color': String \"BLUE\" is no constant of ");
    assertThatThrownBy(
            () ->
                Rows.through(
                    RowEncoder.forMaps(schema),
                    decoder,
                    List.of(Map.<String, Object>of("uuid", "1-2"))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("row 0, column 'uuid': \"1-2\" is no UUID, as Colored.uuid needs");
  }

  @Test
  void classThatDoesNotFitTheTableIsRefusedAtOnce() {
    assertThatThrownBy(
            () -> RowEncoder.forClass(Point.class, new StructType().add("x", LongType.LONG)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "the table has no column 'y', which class Point brings; call evolveSchema() to add new"
                + " columns, or leave them out of the rows");
    StructType required =
        new StructType()
            .add("x", LongType.LONG)
            .add("y", DoubleType.DOUBLE)
            .add("z", LongType.LONG, false);
    assertThatThrownBy(() -> RowEncoder.forClass(Point.class, required))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "column 'z': NOT NULL in the table, but class Point does not have it; add it to the"
                + " rows");
    StructType wrong =
        new StructType().add("x", TimestampType.TIMESTAMP).add("y", DoubleType.DOUBLE);
    assertThatThrownBy(() -> RowEncoder.forClass(Point.class, wrong))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "column 'x': the table has timestamp, class Point has integer; convert the values to"
                + " the column's type");
  }

  @Test
  void numbersFitOtherNumericColumns() {
    StructType schema =
        new StructType().add("X", new DecimalType(4, 1)).add("y", DoubleType.DOUBLE);
    assertThat(
            Rows.through(
                    RowEncoder.forClass(Point.class, schema),
                    RowDecoder.forMaps(),
                    List.of(new Point(12, null)))
                .get(0))
        .containsEntry("X", new BigDecimal("12.0"));
    assertThatThrownBy(
            () ->
                Rows.encode(RowEncoder.forClass(Point.class, schema), List.of(new Point(1234, 0d))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "row 0, column 'X': expected decimal(4,1), found BigDecimal 1234 (too many digits"
                + " before the point)");
  }

  public static final class NoConstructor {
    public int x;

    public NoConstructor(int x) {
      this.x = x;
    }
  }

  public static final class Fixed {
    public final int x = 1;
  }

  @Test
  void classesThatCannotBeMadeAreRefused() {
    assertThatThrownBy(() -> RowDecoder.forClass(NoConstructor.class))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("cannot be made: it has no constructor without parameters;");
    assertThatThrownBy(() -> RowDecoder.forClass(Fixed.class))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("cannot be filled: property 'x' has no setter");
  }
}
