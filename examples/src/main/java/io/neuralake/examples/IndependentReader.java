package io.neuralake.examples;

import io.delta.standalone.DeltaLog;
import io.delta.standalone.Snapshot;
import io.delta.standalone.data.CloseableIterator;
import io.delta.standalone.data.RowRecord;
import io.neuralake.testkit.fixture.S3Bucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Delta Standalone, an engine that shares no code with neuralake. It reads from a folder; it cannot
 * decode timestamps as Parquet stores them today, so none is asked for here.
 */
final class IndependentReader {

  /**
   * What it saw.
   *
   * @param version the newest version
   * @param rows how many rows
   * @param spikes rows whose spike is true
   */
  record Seen(long version, long rows, long spikes) {}

  private IndependentReader() {}

  static Seen read(Path table) throws IOException {
    Snapshot snapshot = DeltaLog.forTable(new Configuration(), table.toUri().toString()).snapshot();
    long rows = 0;
    long spikes = 0;
    try (CloseableIterator<RowRecord> records = snapshot.open()) {
      while (records.hasNext()) {
        rows++;
        spikes += records.next().getBoolean("spike") ? 1 : 0;
      }
    }
    return new Seen(snapshot.getVersion(), rows, spikes);
  }

  /** Copies all objects of a table into a folder. */
  static void download(S3Bucket bucket, String table, Path folder) throws IOException {
    try (S3Client s3 = bucket.newClient()) {
      for (S3Object object :
          s3.listObjectsV2Paginator(b -> b.bucket(bucket.name()).prefix(table + "/")).contents()) {
        Path file = folder.resolve(object.key());
        Files.createDirectories(file.resolveSibling("."));
        s3.getObject(b -> b.bucket(bucket.name()).key(object.key()), file);
      }
    }
  }
}
