package io.neuralake.internal.row;

import io.neuralake.error.InvalidRequestException;
import java.util.List;

/** Columns by name, as Spark finds them: the exact name first, then ignoring case. */
final class ColumnNames {

  private ColumnNames() {}

  static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /**
   * The position of {@code wanted} in {@code names}, -1 if it is not there.
   *
   * @throws InvalidRequestException if several names differ from it in case only
   */
  static int find(List<String> names, String wanted) {
    int exact = names.indexOf(wanted);
    if (exact >= 0) {
      return exact;
    }
    int found = -1;
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(wanted)) {
        if (found >= 0) {
          throw new InvalidRequestException(
              "column '"
                  + wanted
                  + "' is ambiguous: both '"
                  + names.get(found)
                  + "' and '"
                  + names.get(i)
                  + "' match it, column names ignore case; rename one");
        }
        found = i;
      }
    }
    return found;
  }
}
