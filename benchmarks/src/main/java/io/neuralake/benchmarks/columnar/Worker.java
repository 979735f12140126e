package io.neuralake.benchmarks.columnar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The process of one contestant: does the work that its standard input names, one JSON request a
 * line, and says on its standard output how long each took. Ends with its input.
 *
 * <p>Arguments: contestant, folder of the tables, rows, threads.
 */
public final class Worker {
  /** Begins every line of the protocol. */
  static final String MARKER = "@@neuralake-benchmark@@ ";

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private Worker() {}

  public static void main(String... args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err); // whatever a library prints stays out of the protocol
    ObjectMapper json = new ObjectMapper();
    Dataset dataset = new Dataset(Path.of(args[1]), Integer.parseInt(args[2]));
    try (SideBySide threads = new SideBySide(Integer.parseInt(args[3]));
        Contestant contestant = contestant(args[0], dataset, threads);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      out.println(MARKER + json.createObjectNode().put("id", 0));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode request = json.readTree(line);
        ObjectNode answer = json.createObjectNode().put("id", request.get("id").asLong());
        answer(contestant, threads, Work.valueOf(request.get("work").asText()), answer);
        out.println(MARKER + answer);
      }
    }
  }

  static Contestant contestant(String name, Dataset dataset, SideBySide threads) throws Exception {
    return switch (name) {
      case "neuralake" -> new NeuralLakeContestant(dataset, threads);
      case "kernel" -> new KernelContestant(dataset, threads);
      case "parquet-avro" -> new ParquetAvroContestant(dataset, threads);
      case "pages" -> new PagesContestant(dataset, threads);
      case "duckdb" -> new DuckDbContestant(dataset, threads.threads());
      default -> throw new IllegalArgumentException("No contestant is called " + name);
    };
  }

  private static void answer(
      Contestant contestant, SideBySide threads, Work work, ObjectNode answer) {
    try {
      threads.takeAllocated();
      long cpu = SYSTEM.getProcessCpuTime();
      long begun = System.nanoTime();
      long rows = contestant.run(work);
      answer.put("nanos", System.nanoTime() - begun);
      answer.put("cpuNanos", SYSTEM.getProcessCpuTime() - cpu);
      answer.put("rows", rows);
      answer.put("heapBytes", threads.takeAllocated());
      answer.put("arrowBytes", contestant.arrowBytes());
    } catch (Exception | LinkageError e) {
      answer.putObject("error").put("class", e.getClass().getName()).put("message", e.toString());
      e.printStackTrace();
    }
  }
}
