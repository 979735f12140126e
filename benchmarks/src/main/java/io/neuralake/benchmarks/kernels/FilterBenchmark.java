package io.neuralake.benchmarks.kernels;

import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.Binder;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A predicate on a batch; time for each row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/java.nio=ALL-UNNAMED")
@SuppressWarnings("NullAway.Init")
public class FilterBenchmark {

  @Param({
    "spike",
    "voltage > -60",
    "region = 'V1'",
    "quality IS NOT NULL AND quality >= 4",
    "region IN ('V1', 'M1') AND voltage BETWEEN -70 AND -60 AND neuron_id % 2 = 0"
  })
  public String predicate;

  private BufferAllocator allocator;
  private VectorSchemaRoot batch;
  private BatchEvaluator evaluator;

  @Setup
  public void make() {
    allocator = new RootAllocator();
    batch = SignalBatches.batch(allocator);
    evaluator = new BatchEvaluator(Binder.of(SignalBatches.SCHEMA).predicate(Expr.sql(predicate)));
  }

  @Benchmark
  @OperationsPerInvocation(SignalBatches.ROWS)
  public int filter() {
    return evaluator.filter(batch).size();
  }

  @TearDown
  public void release() {
    batch.close();
    allocator.close();
  }
}
