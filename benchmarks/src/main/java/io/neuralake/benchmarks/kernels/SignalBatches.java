package io.neuralake.benchmarks.kernels;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.row.BatchBuilder;
import io.neuralake.internal.row.RowEncoder;
import io.neuralake.schema.Schemas;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** The rows that all benchmarks work on. */
final class SignalBatches {
  /** Rows of each batch, and of each invocation of a benchmark. */
  static final int ROWS = 64 * 1024;

  /** The columns of {@link NeuralSignal}, all of which may be null. */
  static final StructType SCHEMA =
      new StructType(
          Schemas.fromClass(NeuralSignal.class).fields().stream()
              .map(f -> new StructField(f.getName(), f.getDataType(), true, f.getMetadata()))
              .toList());

  private SignalBatches() {}

  static List<NeuralSignal> records() {
    return NeuralSignals.seeded(42).take(ROWS);
  }

  /** A batch of all columns, which the caller closes. */
  static VectorSchemaRoot batch(BufferAllocator allocator) {
    RowEncoder<NeuralSignal> encoder = RowEncoder.forClass(NeuralSignal.class, SCHEMA);
    return new BatchBuilder<>(encoder, records().iterator(), allocator, ROWS, Long.MAX_VALUE)
        .next();
  }
}
