package io.neuralake.benchmarks.columnar;

/** What contestants do, once per request. */
enum Work {
  /** Read all ten columns into the engine's own batches; Arrow where it has it. */
  SCAN_ALL("scan of 10 columns"),
  /** Read three columns. */
  SCAN_THREE("scan of 3 columns"),
  /** Read all columns as instances of a Java record class. */
  READ_RECORDS("scan to Java records"),
  /** Read all columns as generic Avro records. */
  READ_AVRO("scan to Avro records"),
  /** Aggregate all columns inside the engine: nothing leaves it. */
  AGGREGATE("sums over 10 columns"),
  /** Write rows that are in memory as Parquet files, zstd level 3. */
  WRITE("write of 10 columns"),
  /** The same as one more commit of a Delta table. */
  WRITE_TABLE("write of 10 columns as a Delta commit"),
  /** Read all rows and write them to another table, batch by batch. */
  COPY("scan and write of 10 columns"),
  /** Open the table of many files and list them with their statistics. */
  LIST_FILES("open and list files, checkpoint"),
  /** The same where the log is commits only. */
  LIST_FILES_OF_COMMITS("open and list files, commits only");

  private final String title;

  Work(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
