package io.neuralake.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where results go: as JSON, one value in a line, or as text for people.
 *
 * @param out results
 * @param err progress and problems
 * @param terminal whether a person watches
 */
record Output(PrintWriter out, PrintWriter err, boolean terminal) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A value as a line of JSON. */
  void json(Object value) {
    try {
      out.println(JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Rows under a heading, in columns. */
  void table(List<String> heading, List<List<String>> rows) {
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < heading.size(); i++) {
      int width = heading.get(i).length();
      for (List<String> row : rows) {
        width = Math.max(width, row.get(i).length());
      }
      widths.add(width);
    }
    line(heading, widths);
    line(widths.stream().map(w -> String.join("", Collections.nCopies(w, "-"))).toList(), widths);
    rows.forEach(row -> line(row, widths));
  }

  private void line(List<String> cells, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(i == 0 ? "" : "  ").append(cells.get(i));
      line.append(" ".repeat(widths.get(i) - cells.get(i).length()));
    }
    out.println(line.toString().stripTrailing());
  }

  /** A name and its value. */
  void field(String name, @Nullable Object value) {
    out.printf("%-18s %s%n", name, value);
  }

  /** Bytes as people read them. */
  static String bytes(long bytes) {
    if (bytes < 1 << 10) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 1024 && unit < 3) {
      value /= 1024;
      unit++;
    }
    return "%.1f %siB".formatted(value, "KMGT".charAt(unit));
  }
}
