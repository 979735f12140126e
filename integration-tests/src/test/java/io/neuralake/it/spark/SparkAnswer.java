package io.neuralake.it.spark;

import io.neuralake.it.canonical.TableContent;

/**
 * The result of a statement or a read in Spark.
 *
 * @param schemaJson the schema as Spark's {@code StructType.json}, which is Delta's {@code
 *     schemaString} too
 * @param content the rows
 */
public record SparkAnswer(String schemaJson, TableContent content) {}
