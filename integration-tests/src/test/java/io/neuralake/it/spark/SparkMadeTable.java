package io.neuralake.it.spark;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A table that Spark makes, to see whether others read it.
 *
 * @param name unique, a valid file name
 * @param rows how many rows the latest version has
 * @param features table features that the table must have, as {@code DESCRIBE DETAIL} names them: a
 *     table that lacks one does not test what it is there for
 * @param statements the SQL; {@code ${path}} stands for the table's path
 */
public record SparkMadeTable(
    String name, long rows, Set<String> features, List<String> statements) {
  public SparkMadeTable {
    features = Set.copyOf(features);
    statements = List.copyOf(statements);
  }

  /** Makes the table in folder {@code name} of {@code parent}. Returns its path. */
  public Path make(SparkProcess spark, Path parent) {
    Path path = parent.resolve(name);
    for (String statement : statements) {
      spark.sql(statement.replace("${path}", path.toString()));
    }
    return path;
  }

  @Override
  public String toString() {
    return name;
  }
}
