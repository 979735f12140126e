package io.neuralake.testkit.audit;

import io.neuralake.testkit.fixture.S3Bucket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The files of one table as they lie on the storage, read without any code of neuralake. Paths are
 * relative to the table's folder, or absolute as a log may name them ({@code file:///a}, {@code
 * s3://bucket/key}); none is percent-encoded. Implementations for other storages are welcome.
 */
public interface TableFiles {

  /**
   * A file.
   *
   * @param path relative to the table's folder
   * @param size in bytes
   * @param modified when it was written
   */
  record StoredFile(String path, long size, Instant modified) {}

  /** Where the table is, for reports. */
  String location();

  /**
   * All files below the table's folder, hidden ones too.
   *
   * @throws IOException if they cannot be listed
   */
  List<StoredFile> list() throws IOException;

  /**
   * A whole file.
   *
   * @throws java.io.FileNotFoundException if there is none
   * @throws IOException if it cannot be read, or the path is not on this storage
   */
  byte[] read(String path) throws IOException;

  /**
   * Multipart uploads below the table's folder that were begun and neither completed nor aborted.
   *
   * @throws IOException if they cannot be listed
   */
  default List<String> unfinishedUploads() throws IOException {
    return List.of();
  }

  /** A table in a local folder. */
  static TableFiles local(Path folder) {
    return new LocalFiles(folder);
  }

  /**
   * A table in a bucket.
   *
   * @param client stays the caller's to close
   * @param bucket the bucket's name
   * @param prefix the table's folder, without slashes at its ends
   */
  static TableFiles s3(S3Client client, String bucket, String prefix) {
    return new S3Files(client, bucket, prefix);
  }

  /**
   * A table in a bucket of the fixtures.
   *
   * @param client of {@link S3Bucket#newClient()}; stays the caller's to close
   * @param bucket the bucket
   * @param location of the table, as {@code NeuralTable.location()} says: {@code s3://bucket/table}
   */
  static TableFiles s3(S3Client client, S3Bucket bucket, String location) {
    String root = bucket.location("");
    if (!location.startsWith(root)) {
      throw new IllegalArgumentException(location + " is not in the bucket " + root);
    }
    return s3(client, bucket.name(), location.substring(root.length()));
  }
}
