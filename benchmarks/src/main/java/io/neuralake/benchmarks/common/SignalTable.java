package io.neuralake.benchmarks.common;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.schema.Schemas;
import io.neuralake.testkit.signal.NeuralSignal;

/** The table of all comparisons. */
public final class SignalTable {

  /** Its ten columns; all may be null, as in tables that Spark makes. */
  public static final StructType SCHEMA =
      new StructType(
          Schemas.fromClass(NeuralSignal.class).fields().stream()
              .map(f -> new StructField(f.getName(), f.getDataType(), true, f.getMetadata()))
              .toList());

  private SignalTable() {}
}
