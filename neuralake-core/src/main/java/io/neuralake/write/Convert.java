package io.neuralake.write;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.plan.ConvertJob;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes a table out of the Parquet files in its folder, which stay where they are and as they are:
 * writes version 0 of a log, with the columns of all of them, and with the statistics of their
 * footers. An immutable value: each method returns a refined one, {@link #commit} acts.
 * Thread-safe.
 *
 * <pre>{@code
 * lake.table("s3://lab/readings").convert().commit();
 * }</pre>
 *
 * <p>Folders named {@code column=value} are partitions. Files and folders that begin with a dot or
 * an underscore are left out; any other file must be Parquet. Columns are those of all files, each
 * of one type, and may be null. Nobody should write to the folder meanwhile.
 *
 * <p><b>Cost.</b> A listing of the folder, and one request for the footer of each file, several at
 * the same time.
 */
public final class Convert extends WriteOperation<Convert> {

  private final TableContext table;
  private final ConvertJob job;

  private Convert(TableContext table, ConvertJob job) {
    super(table.table());
    this.table = table;
    this.job = job;
  }

  /** For {@code NeuralTable}. */
  public Convert(TableContext table) {
    this(table, new ConvertJob(null, Map.of(), CommitOptions.NONE));
  }

  @Override
  CommitOptions options() {
    return job.options();
  }

  @Override
  Convert with(CommitOptions options) {
    return new Convert(table, new ConvertJob(job.partition(), job.properties(), options));
  }

  /**
   * Names and types of the partition columns, in the order of the folders. Without, their values
   * tell: a column of whole numbers is an integer or a long, of dates a date, any other a string.
   */
  public Convert partitionedBy(StructType columns) {
    return new Convert(table, new ConvertJob(columns, job.properties(), job.options()));
  }

  /** A property of the new table. Column mapping can only be set afterwards. */
  public Convert property(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(job.properties());
    more.put(key, value);
    return new Convert(table, new ConvertJob(job.partition(), more, job.options()));
  }

  /**
   * Converts.
   *
   * @return {@code committed()} is false if there is a table already, as in Spark; the changes
   *     count files and bytes, not rows
   * @throws io.neuralake.error.InvalidRequestException if the folder has no files; or a file has a
   *     column of a type that Delta has not, or of another type than in other files, or lies in
   *     other partitions, naming it
   * @throws io.neuralake.error.CorruptTableException if a file is no intact Parquet file, naming it
   * @throws io.neuralake.error.CommitStateUnknownException if the storage does not say whether it
   *     worked
   * @throws io.neuralake.error.StorageException if the storage fails; there is no table then
   */
  @Override
  public CommitResult commit() {
    return Results.of(table, job.options(), job.commit(table));
  }
}
