package io.neuralake.examples;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Columns in, columns out: no row is ever an object. */
public final class ArrowInAndOut {
  private static final String USAGE = "ArrowInAndOut <table location>";
  private static final int BATCHES = 3;
  private static final int ROWS = 10 * NeuralSignals.NEURONS;

  private static final Schema SCHEMA =
      new Schema(
          List.of(
              column("neuron_id", new ArrowType.Int(32, true)),
              column("region", ArrowType.Utf8.INSTANCE),
              column("voltage", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
              column("spike", ArrowType.Bool.INSTANCE)));

  private ArrowInAndOut() {}

  private static Field column(String name, ArrowType type) {
    return new Field(name, FieldType.notNullable(type), List.of());
  }

  /** Runs the example and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    return Program.run(USAGE, ArrowInAndOut::run, args, out, err);
  }

  private static void run(List<String> args, PrintStream out) throws IOException {
    if (args.size() != 1) {
      throw new Program.BadArguments("The location of a table that does not exist yet is missing.");
    }
    Report report = new Report(out);
    report.title("Arrow in, Arrow out");
    try (NeuralLake lake = NeuralLake.fromEnvironment()) {
      NeuralTable signals = lake.table(args.get(0));
      signals.create(SCHEMA).commit();
      write(signals);
      report.step("append", "%d Arrow batches of %,d rows", BATCHES, ROWS);
      Map<String, Long> spikes = spikesPerRegion(signals);
      report.step("aggregate", "spikes per region, counted on the vectors");
      spikes.forEach((region, count) -> report.detail("%-4s %,6d", region, count));
    }
  }

  /** Fills one batch again and again, and appends it each time. */
  private static void write(NeuralTable signals) {
    var recording = NeuralSignals.seeded(7).iterator();
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot batch = VectorSchemaRoot.create(SCHEMA, allocator)) {
      IntVector neuron = (IntVector) batch.getVector("neuron_id");
      VarCharVector region = (VarCharVector) batch.getVector("region");
      Float8Vector voltage = (Float8Vector) batch.getVector("voltage");
      BitVector spike = (BitVector) batch.getVector("spike");
      for (int i = 0; i < BATCHES; i++) {
        for (int row = 0; row < ROWS; row++) {
          NeuralSignal signal = recording.next();
          neuron.setSafe(row, signal.neuron_id());
          region.setSafe(row, signal.region().getBytes(StandardCharsets.UTF_8));
          voltage.setSafe(row, signal.voltage());
          spike.setSafe(row, signal.spike() ? 1 : 0);
        }
        batch.setRowCount(ROWS);
        signals.append(batch).commit();
        batch.clear();
      }
    }
  }

  private static Map<String, Long> spikesPerRegion(NeuralTable signals) throws IOException {
    Map<String, Long> spikes = new TreeMap<>();
    try (ArrowReader reader = signals.scan().select("region", "spike").arrow()) {
      VectorSchemaRoot batch = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        VarCharVector region = (VarCharVector) batch.getVector("region");
        BitVector spike = (BitVector) batch.getVector("spike");
        for (int row = 0; row < batch.getRowCount(); row++) {
          spikes.merge(region.getObject(row).toString(), (long) spike.get(row), Long::sum);
        }
      }
    }
    return spikes;
  }
}
