package io.neuralake.benchmarks.common;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a comparison found.
 *
 * @param date of the run, ISO 8601
 * @param machine where it ran
 * @param results the table
 * @param notes other figures
 * @param millis all measured times
 */
public record TimedReport(
    String date,
    Machine machine,
    List<Result> results,
    List<Note> notes,
    Map<String, double[]> millis) {

  /** Prints the table and writes all of it to a file. */
  public void publish(Path file) throws IOException {
    Files.writeString(
        file,
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this)
            + "\n");
    System.out.println();
    System.out.println(ResultTable.text(results, notes));
    System.out.println("Written: " + file.getFileName() + " in " + file.getParent());
  }
}
