package io.neuralake.internal.store;

import io.neuralake.storage.StorageSettings;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The file stores of one lake: chooses by a location's scheme. Stores are made once and connect at
 * first use. Thread-safe.
 */
public final class FileStores implements AutoCloseable {
  private final StorageSettings settings;
  private final FileStore local;
  private final FileStore s3;
  private final FileStore hadoop;

  /**
   * Makes the stores; nothing is connected yet.
   *
   * @param random for the names of temporary files; need not be thread-safe
   * @param workers do parts of a write beside the caller's thread
   */
  public FileStores(StorageSettings settings, RandomGenerator random, Executor workers) {
    this.settings = settings;
    this.local = new LocalFileStore(random, workers);
    this.s3 = new S3FileStore(settings.s3());
    this.hadoop = new HadoopFileStore(settings.hadoop(), random);
  }

  /**
   * The store of a location in the form that {@link Locations#parse(String)} gives.
   *
   * @throws io.neuralake.error.InvalidRequestException if it is not a location
   */
  public FileStore at(String location) {
    String scheme = Locations.scheme(location);
    if (scheme.equals("file")) {
      return local;
    }
    return Locations.isS3(scheme) && !settings.hadoop().isAlsoFor(scheme) ? s3 : hadoop;
  }

  @Override
  public void close() {
    local.close();
    s3.close();
    hadoop.close();
  }
}
