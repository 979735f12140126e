package io.neuralake.logstore;

import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import org.apache.hadoop.conf.Configuration;

/**
 * Lets Spark commit to tables on S3 by {@code PUT If-None-Match: *}, as neuralake does by itself,
 * so that any number of clusters and processes write one table without a service beside the
 * storage:
 *
 * <pre>
 * spark.delta.logStore.s3a.impl  io.neuralake.logstore.ConditionalPutLogStore
 * spark.delta.logStore.s3.impl   io.neuralake.logstore.ConditionalPutLogStore
 * </pre>
 *
 * <p>A commit is one request, whatever its size (up to 1 GiB). Settings and thread-safety: see
 * {@link S3LogStore}.
 */
public final class ConditionalPutLogStore extends S3LogStore {

  /** Makes the log store, as Delta does; no request is sent. */
  public ConditionalPutLogStore(Configuration configuration) {
    super(configuration);
  }

  @Override
  protected LockProvider elector(String scheme, Configuration configuration) {
    return LockProviders.conditionalPut();
  }
}
