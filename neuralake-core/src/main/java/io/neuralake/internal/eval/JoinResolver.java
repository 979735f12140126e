package io.neuralake.internal.eval;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the columns of a target and a source beside each other, by alias or, where only one of them
 * has the name, without. Columns of the source are resolved under other names ({@link
 * #sourceColumn}), under which joined batches hold them. Immutable and thread-safe.
 *
 * @param target the target
 * @param source the source, with another alias
 */
public record JoinResolver(Side target, Side source) implements ColumnResolver {

  private static final String SOURCE = "\u0000";

  /**
   * One side.
   *
   * @param alias its name
   * @param schema its columns
   * @param visible whether they can be named
   */
  public record Side(String alias, StructType schema, boolean visible) {

    /** The same where its columns cannot be named. */
    public Side hidden() {
      return new Side(alias, schema, false);
    }
  }

  /** The name of a source column in a joined batch. */
  public static String sourceColumn(String name) {
    return SOURCE + name;
  }

  /** Whether a bound column is one of the source. */
  public static boolean isSource(List<String> path) {
    return path.get(0).startsWith(SOURCE);
  }

  @Override
  public BoundExpr.Column resolve(List<String> path) {
    for (Side side : List.of(target, source)) {
      if (path.size() > 1 && path.get(0).equalsIgnoreCase(side.alias())) {
        if (!side.visible()) {
          throw new InvalidRequestException(
              "Column "
                  + String.join(".", path)
                  + " cannot be used here: the clause has no row of '"
                  + side.alias()
                  + "'. Use columns of the other side.");
        }
        return in(side.alias().equals(source.alias()), path.subList(1, path.size()));
      }
    }
    List<Side> having = new ArrayList<>();
    for (Side side : List.of(target, source)) {
      if (side.visible()
          && side.schema().fieldNames().stream().anyMatch(path.get(0)::equalsIgnoreCase)) {
        having.add(side);
      }
    }
    if (having.size() == 2) {
      String name = String.join(".", path);
      throw new InvalidRequestException(
          String.format(
              "Column %s is ambiguous: target and source have it. Write %s.%s or %s.%s.",
              name, target.alias(), name, source.alias(), name));
    }
    boolean inSource =
        having.isEmpty() ? !target.visible() : having.get(0).alias().equals(source.alias());
    return in(inSource, path);
  }

  private BoundExpr.Column in(boolean inSource, List<String> path) {
    Side side = inSource ? source : target;
    BoundExpr.Column found = new SchemaResolver(side.schema()).resolve(path);
    if (!inSource) {
      return found;
    }
    List<String> renamed = new ArrayList<>(found.path());
    renamed.set(0, sourceColumn(renamed.get(0)));
    return new BoundExpr.Column(renamed, found.type());
  }
}
