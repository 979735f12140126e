package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Batches that are read when they are asked for. Not thread-safe; close it at any point.
 *
 * @param <B> what the batches become
 */
public interface BatchRun<B> extends AutoCloseable {

  /** The columns of the batches. */
  StructType schema();

  /** The next batch with at least one row, which is the caller's to release; null at the end. */
  @Nullable B next();

  @Override
  void close();
}
