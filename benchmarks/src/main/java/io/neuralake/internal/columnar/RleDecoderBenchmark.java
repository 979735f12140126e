package io.neuralake.internal.columnar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
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
import org.openjdk.jmh.annotations.Warmup;

/** The RLE / bit-packing hybrid; time for each value. In this package because the decoder is. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init")
public class RleDecoderBenchmark {
  private static final int VALUES = 20_000;

  @Param({"1", "2", "10", "17"})
  public int bitWidth;

  /** Mean number of equal values in a row: 1 gives bit-packed groups, 100 gives runs. */
  @Param({"1", "100"})
  public int run;

  private Slice encoded;
  private int[] decoded;

  @Setup
  public void encode() throws IOException {
    Random random = new Random(42);
    int value = 0;
    try (RunLengthBitPackingHybridEncoder encoder =
        new RunLengthBitPackingHybridEncoder(
            bitWidth, 1024, 1 << 20, new HeapByteBufferAllocator())) {
      for (int i = 0; i < VALUES; i++) {
        value = random.nextInt(run) == 0 ? random.nextInt(1 << bitWidth) : value;
        encoder.writeInt(value);
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      encoder.toBytes().writeAllTo(bytes);
      encoded = new Slice(bytes.toByteArray(), 0, bytes.size());
    }
    decoded = new int[VALUES];
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public int[] decode() {
    new RleDecoder(encoded, bitWidth).read(decoded, 0, VALUES);
    return decoded;
  }
}
