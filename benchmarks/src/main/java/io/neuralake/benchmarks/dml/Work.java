package io.neuralake.benchmarks.dml;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.write.CommitResult;

/** What is done to a table, by neuralake and in Spark's SQL. */
enum Work {
  MERGE_SCATTERED("merge, keys in all files", "scattered", 3, 5),
  MERGE_ONE_FILE("merge, keys in one file of 20", "one-file", 5, 0),
  DELETE("delete of 1%, spread", "", 3, 5),
  UPDATE("update of 1%, spread", "", 3, 5);

  /** One row in a hundred, in every file. */
  private static final String SPREAD = "id % 200 = 6";

  private final String text;
  private final String source;

  /** How many times faster than Spark, where files are rewritten. */
  final double target;

  /** The same with deletion vectors; 0 if that is not compared. */
  final double targetWithVectors;

  Work(String text, String source, double target, double targetWithVectors) {
    this.text = text;
    this.source = source;
    this.target = target;
    this.targetWithVectors = targetWithVectors;
  }

  String text(boolean vectors) {
    return text + (vectors ? ", deletion vectors" : ", copy-on-write");
  }

  CommitResult ours(NeuralLake lake, Tables tables, NeuralTable table) {
    return switch (this) {
      case DELETE -> table.delete().where(SPREAD).commit();
      case UPDATE ->
          table.update().set("voltage", "voltage + 1").set("quality", "5").where(SPREAD).commit();
      default ->
          table
              .merge(lake.table(tables.source(source)).scan())
              .on("t.id = s.id")
              .whenMatched()
              .updateAll()
              .whenNotMatched()
              .insertAll()
              .commit();
    };
  }

  String sparks(Tables tables, String table) {
    return switch (this) {
      case DELETE -> "DELETE FROM " + table + " WHERE " + SPREAD;
      case UPDATE -> "UPDATE " + table + " SET voltage = voltage + 1, quality = 5 WHERE " + SPREAD;
      default ->
          "MERGE INTO "
              + table
              + " t USING delta.`"
              + tables.source(source)
              + "` s ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *";
    };
  }
}
