package io.neuralake.internal.meta;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.UnsupportedTableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Columns whose values writers find where rows lack them: generated columns, default columns and
 * identity columns (Delta protocol, sections of these names), as they stand in the metadata of
 * fields. Only top-level columns can be such.
 */
public final class ComputedColumns {
  static final String GENERATION_KEY = "delta.generationExpression";
  static final String DEFAULT_KEY = "CURRENT_DEFAULT";
  static final String EXISTS_DEFAULT_KEY = "EXISTS_DEFAULT";
  private static final String IDENTITY_PREFIX = "delta.identity.";
  private static final String START = IDENTITY_PREFIX + "start";
  private static final String STEP = IDENTITY_PREFIX + "step";
  private static final String HIGH_WATER_MARK = IDENTITY_PREFIX + "highWaterMark";
  private static final String EXPLICIT = IDENTITY_PREFIX + "allowExplicitInsert";

  /**
   * All of a schema, in its order.
   *
   * @param generated each value is that of the expression over the other columns of its row
   * @param defaults rows without the column get the value of the expression
   * @param identities rows get numbers that no other row has
   */
  public record All(List<Formula> generated, List<Formula> defaults, List<Identity> identities) {}

  /**
   * A column with an expression.
   *
   * @param column its name
   * @param type its type
   * @param sql SQL text
   */
  public record Formula(String column, DataType type, String sql) {}

  /**
   * An identity column.
   *
   * @param column its name
   * @param start the first number
   * @param step from one number to the next, not 0
   * @param highWaterMark the last number given out, null if none was
   * @param explicit whether rows may bring numbers of their own
   */
  public record Identity(
      String column, long start, long step, @Nullable Long highWaterMark, boolean explicit) {

    /** The next number to give out; empty marks of other writers may lie between two numbers. */
    public long next() {
      Long mark = highWaterMark;
      if (mark == null || (step > 0 ? mark < start : mark > start)) {
        return start;
      }
      try {
        long given = Math.floorDiv(Math.subtractExact(mark, start), step);
        return Math.addExact(start, Math.multiplyExact(step, Math.addExact(given, 1)));
      } catch (ArithmeticException e) {
        throw exhausted(e);
      }
    }

    /** The number that follows another. */
    public long after(long number) {
      try {
        return Math.addExact(number, step);
      } catch (ArithmeticException e) {
        throw exhausted(e);
      }
    }

    private InvalidRequestException exhausted(ArithmeticException e) {
      return new InvalidRequestException(
          "identity column '" + column + "' has no number left beyond " + highWaterMark, e);
    }
  }

  private ComputedColumns() {}

  /**
   * Finds them.
   *
   * @param location the table, for messages
   * @throws UnsupportedTableException if one is nested, or not as the protocol describes it
   */
  public static All of(StructType schema, String location) {
    List<Formula> generated = new ArrayList<>();
    List<Formula> defaults = new ArrayList<>();
    List<Identity> identities = new ArrayList<>();
    SchemaTree.forEach(
        schema,
        (path, field) -> {
          if (!isComputed(field)) {
            return;
          }
          if (!path.isTopLevel()) {
            throw unsupported(location, path, "nested fields cannot be computed");
          }
          Map<String, Object> entries = field.getMetadata().getEntries();
          if (entries.get(GENERATION_KEY) instanceof String sql) {
            generated.add(new Formula(field.getName(), field.getDataType(), sql));
          }
          if (entries.get(DEFAULT_KEY) instanceof String sql) {
            defaults.add(new Formula(field.getName(), field.getDataType(), sql));
          }
          if (isIdentity(field)) {
            identities.add(identity(field, entries, path, location));
          }
        });
    return new All(List.copyOf(generated), List.copyOf(defaults), List.copyOf(identities));
  }

  private static Identity identity(
      StructField field, Map<String, Object> entries, ColumnPath path, String location) {
    if (field.getDataType() instanceof LongType
        && entries.get(START) instanceof Long start
        && entries.get(STEP) instanceof Long step
        && step != 0) {
      return new Identity(
          field.getName(),
          start,
          step,
          entries.get(HIGH_WATER_MARK) instanceof Long mark ? mark : null,
          Boolean.TRUE.equals(entries.get(EXPLICIT)));
    }
    throw unsupported(location, path, "it is not a long with a start and a step other than 0");
  }

  private static UnsupportedTableException unsupported(
      String location, ColumnPath path, String why) {
    return new UnsupportedTableException(
        location
            + ": neuralake cannot write the generated, default or identity column "
            + path
            + ": "
            + why
            + ". Write with an engine that can.");
  }

  /** Whether a schema has any. */
  public static boolean in(StructType schema) {
    return SchemaTree.anyField(schema, ComputedColumns::isComputed);
  }

  private static boolean isComputed(StructField field) {
    return isGenerated(field) || hasDefault(field) || isIdentity(field);
  }

  static boolean isGenerated(StructField field) {
    return field.getMetadata().contains(GENERATION_KEY);
  }

  static boolean hasDefault(StructField field) {
    return field.getMetadata().contains(DEFAULT_KEY);
  }

  public static boolean isIdentity(StructField field) {
    return field.getMetadata().contains(START) || field.getMetadata().contains(STEP);
  }

  /** The field with an expression that generates it. */
  public static StructField generated(StructField field, String sql) {
    return with(field, about -> about.putString(GENERATION_KEY, sql));
  }

  /** The field with a default; null takes it away. */
  public static StructField withDefault(StructField field, @Nullable String sql) {
    return with(
        field,
        about -> {
          if (sql == null) {
            about.remove(DEFAULT_KEY);
          } else {
            about.putString(DEFAULT_KEY, sql);
          }
        });
  }

  /** The field as an identity column from which no number has been given out. */
  public static StructField identity(StructField field, long start, long step, boolean explicit) {
    return with(
        field,
        about -> about.putLong(START, start).putLong(STEP, step).putBoolean(EXPLICIT, explicit));
  }

  /** The table with the last numbers given out, by identity column. */
  public static TableMetadata withHighWaterMarks(TableMetadata metadata, Map<String, Long> marks) {
    if (marks.isEmpty()) {
      return metadata;
    }
    List<StructField> fields = new ArrayList<>();
    for (StructField field : metadata.schema().fields()) {
      Long mark = marks.get(field.getName());
      fields.add(mark == null ? field : with(field, about -> about.putLong(HIGH_WATER_MARK, mark)));
    }
    return metadata.withSchema(new StructType(fields));
  }

  /**
   * An older state of a table whose identity columns go on from where the newest have come to, so
   * that no number is given out twice.
   *
   * @param location the table, for messages
   */
  public static TableMetadata continued(TableMetadata older, StructType newest, String location) {
    Map<String, Long> marks = new HashMap<>();
    for (Identity now : of(newest, location).identities()) {
      for (Identity then : of(older.schema(), location).identities()) {
        Long mark = now.highWaterMark();
        Long past = then.highWaterMark();
        if (mark != null
            && then.column().equals(now.column())
            && (past == null || (then.step() > 0 ? mark > past : mark < past))) {
          marks.put(then.column(), mark);
        }
      }
    }
    return withHighWaterMarks(older, marks);
  }

  private static StructField with(StructField field, Consumer<FieldMetadata.Builder> change) {
    FieldMetadata.Builder about = FieldMetadata.builder().fromMetadata(field.getMetadata());
    change.accept(about);
    return field.withNewMetadata(about.build());
  }
}
