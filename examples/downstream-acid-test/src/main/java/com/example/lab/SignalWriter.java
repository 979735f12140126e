package com.example.lab;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import java.util.List;
import java.util.stream.IntStream;

/** The lab's writer: appends batches of a recorder to a table, until it has written all. */
public final class SignalWriter {
  static final int ROWS = 100;

  private SignalWriter() {}

  /** Takes the table, the recorder's name and how many batches. */
  public static void main(String[] args) {
    try (NeuralLake lake = NeuralLake.fromEnvironment()) {
      NeuralTable table = lake.table(args[0]);
      for (int n = 1; n <= Integer.parseInt(args[2]); n++) {
        // The number makes it harmless to start the writer again after a crash.
        table.append(batch(args[1] + "-" + n)).transaction(args[1], n).commit();
        System.out.println("committed " + n);
      }
    }
  }

  static List<Signal> batch(String name) {
    return IntStream.range(0, ROWS).mapToObj(i -> new Signal(name, i, -64.0 - i)).toList();
  }
}
