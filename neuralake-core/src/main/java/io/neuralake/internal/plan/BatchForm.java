package io.neuralake.internal.plan;

import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * What the batches of a scan become, in the thread that has read them. Thread-safe.
 *
 * @param <B> what a batch becomes
 */
public interface BatchForm<B> {

  /** Batches as they are. */
  BatchForm<VectorSchemaRoot> ARROW =
      new BatchForm<>() {
        @Override
        public VectorSchemaRoot of(VectorSchemaRoot batch, boolean ahead) {
          return batch;
        }

        @Override
        public void release(VectorSchemaRoot made) {
          made.close();
        }
      };

  /**
   * Takes a batch over, which is closed if this fails.
   *
   * @param ahead true in a worker, which should do all the work there is; false in the caller's
   *     thread, which should do none before it is needed
   */
  B of(VectorSchemaRoot batch, boolean ahead);

  /** Frees what it holds. */
  void release(B made);
}
