package io.neuralake.read;

import io.neuralake.internal.plan.BatchForm;
import io.neuralake.internal.row.RowDecoder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one batch: decoded, or to be decoded when they are asked for.
 *
 * @param rows those that are left
 * @param source what they are decoded from; null once all are
 */
record RowBatch<T>(Iterator<T> rows, @Nullable VectorSchemaRoot source) {

  /** Batches as rows of a decoder. */
  static <T> BatchForm<RowBatch<T>> form(RowDecoder<T> decoder) {
    return new BatchForm<>() {
      @Override
      public RowBatch<T> of(VectorSchemaRoot batch, boolean ahead) {
        return ahead ? decoded(decoder, batch) : lazy(decoder, batch);
      }

      @Override
      public void release(RowBatch<T> made) {
        made.release();
      }
    };
  }

  private static <T> RowBatch<T> decoded(RowDecoder<T> decoder, VectorSchemaRoot batch) {
    try (batch) {
      List<T> rows = new ArrayList<>(batch.getRowCount());
      decoder.rows(batch).forEachRemaining(rows::add);
      return new RowBatch<>(rows.iterator(), null);
    }
  }

  private static <T> RowBatch<T> lazy(RowDecoder<T> decoder, VectorSchemaRoot batch) {
    try {
      return new RowBatch<>(decoder.rows(batch), batch);
    } catch (RuntimeException | Error e) {
      batch.close();
      throw e;
    }
  }

  void release() {
    if (source != null) {
      source.close();
    }
  }
}
