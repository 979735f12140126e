package io.neuralake.benchmarks.columnar;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Puts the results of the last comparison into the documentation, between two markers. Arguments:
 * the comparison's JSON, the page.
 */
public final class PerformancePage {
  static final String BEGIN = "<!-- columnar: begin, written by benchmarks/run page -->";
  static final String END = "<!-- columnar: end -->";

  private PerformancePage() {}

  /** Rewrites the page. */
  public static void main(String[] args) throws IOException {
    Report report = new ObjectMapper().readValue(Path.of(args[0]).toFile(), Report.class);
    Path page = Path.of(args[1]);
    Files.writeString(page, with(Files.readString(page), report));
  }

  /**
   * The page with another report.
   *
   * @throws IllegalArgumentException if the page has no place for it
   */
  static String with(String page, Report report) {
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          "The page lacks the lines '" + BEGIN + "' and '" + END + "', between which results go");
    }
    return page.substring(0, begin + BEGIN.length())
        + "\n"
        + report.markdown()
        + page.substring(end);
  }
}
