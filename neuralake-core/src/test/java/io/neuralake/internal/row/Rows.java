package io.neuralake.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Sends rows through batches and back. */
final class Rows {

  private Rows() {}

  static <A, B> List<B> through(RowEncoder<A> encoder, RowDecoder<B> decoder, List<A> rows) {
    return through(encoder, decoder, rows, 3);
  }

  static <A, B> List<B> through(
      RowEncoder<A> encoder, RowDecoder<B> decoder, List<A> rows, int maxRows) {
    List<B> decoded = new ArrayList<>();
    try (BufferAllocator allocator = new RootAllocator()) {
      BatchBuilder<A> batches =
          new BatchBuilder<>(encoder, rows.iterator(), allocator, maxRows, 1 << 20);
      while (batches.hasNext()) {
        try (VectorSchemaRoot batch = batches.next()) {
          assertThat(batch.getSchema()).isEqualTo(encoder.arrowSchema());
          decoder.rows(batch).forEachRemaining(decoded::add);
        }
      }
      assertThat(batches.rowsRead()).isEqualTo(rows.size());
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
    return decoded;
  }

  /** Encodes all rows, for the error this gives; nothing may stay allocated. */
  static <A> void encode(RowEncoder<A> encoder, List<A> rows) {
    try (BufferAllocator allocator = new RootAllocator()) {
      try {
        BatchBuilder<A> batches = new BatchBuilder<>(encoder, rows.iterator(), allocator);
        while (batches.hasNext()) {
          batches.next().close();
        }
      } finally {
        assertThat(allocator.getAllocatedMemory()).isZero();
      }
    }
  }
}
