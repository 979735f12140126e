package io.neuralake.internal.columnar;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.ColumnMapping;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which columns of a schema get statistics, as paths of physical names. A column is a leaf outside
 * arrays and maps; an array, a map or a variant counts as one column, of which nulls are counted.
 */
public final class StatsColumns {
  private StatsColumns() {}

  private record Leaf(List<String> logical, List<String> physical) {}

  /**
   * The first columns in the order of the schema (property {@code
   * delta.dataSkippingNumIndexedCols}).
   *
   * @param schema data columns only
   * @param count how many; negative for all
   */
  public static Set<List<String>> first(StructType schema, ColumnMapping.Mode mode, int count) {
    Set<List<String>> paths = new LinkedHashSet<>();
    for (Leaf leaf : leaves(schema, mode)) {
      if (count >= 0 && paths.size() >= count) {
        break;
      }
      paths.add(leaf.physical());
    }
    return paths;
  }

  /**
   * Named columns (property {@code delta.dataSkippingStatsColumns}); a struct stands for all
   * columns in it.
   *
   * @param names paths of logical names; unknown ones are ignored
   */
  public static Set<List<String>> named(
      StructType schema, ColumnMapping.Mode mode, Collection<List<String>> names) {
    Set<List<String>> paths = new LinkedHashSet<>();
    for (Leaf leaf : leaves(schema, mode)) {
      for (List<String> name : names) {
        if (isPrefix(name, leaf.logical())) {
          paths.add(leaf.physical());
        }
      }
    }
    return paths;
  }

  private static boolean isPrefix(List<String> name, List<String> path) {
    if (name.size() > path.size()) {
      return false;
    }
    for (int i = 0; i < name.size(); i++) {
      if (!name.get(i).equalsIgnoreCase(path.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<Leaf> leaves(StructType schema, ColumnMapping.Mode mode) {
    List<Leaf> leaves = new ArrayList<>();
    collect(schema, mode, List.of(), List.of(), leaves);
    return leaves;
  }

  private static void collect(
      StructType struct,
      ColumnMapping.Mode mode,
      List<String> logical,
      List<String> physical,
      List<Leaf> leaves) {
    for (StructField field : struct.fields()) {
      List<String> logicalPath = longer(logical, field.getName());
      List<String> physicalPath = longer(physical, ColumnNames.physicalName(field, mode));
      if (field.getDataType() instanceof StructType inner) {
        collect(inner, mode, logicalPath, physicalPath, leaves);
      } else {
        leaves.add(new Leaf(logicalPath, physicalPath));
      }
    }
  }

  private static List<String> longer(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return List.copyOf(longer);
  }
}
