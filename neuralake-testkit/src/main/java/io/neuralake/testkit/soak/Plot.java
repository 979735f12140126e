package io.neuralake.testkit.soak;

import java.util.List;
import java.util.Locale;

/**
 * Points over time as SVG, with marks for what happened.
 *
 * @param title above it
 * @param unit of the vertical axis
 * @param points by time
 * @param marks vertical lines
 * @param joined whether the points are joined by a line
 */
record Plot(String title, String unit, List<Point> points, List<Mark> marks, boolean joined) {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 300;
  private static final int MARGIN = 50;

  /** A point; its time in milliseconds. */
  record Point(long at, long value) {}

  /** Something that happened. */
  record Mark(long at, String what) {}

  String svg() {
    long last =
        Math.max(
            1,
            Math.max(
                points.stream().mapToLong(Point::at).max().orElse(1),
                marks.stream().mapToLong(Mark::at).max().orElse(1)));
    long most = Math.max(1, points.stream().mapToLong(Point::value).max().orElse(1));
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"12\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"
                + "<text x=\"%d\" y=\"20\" font-size=\"14\">%s</text>%n"
                + "<text x=\"5\" y=\"%d\">%d %s</text><text x=\"5\" y=\"%d\">0</text>%n"
                + "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.1f s</text>%n"
                + "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"black\"/>%n",
            WIDTH,
            HEIGHT,
            MARGIN,
            escaped(title),
            MARGIN - 5,
            most,
            escaped(unit),
            HEIGHT - MARGIN,
            WIDTH - MARGIN,
            HEIGHT - MARGIN + 20,
            last / 1000.0,
            MARGIN,
            MARGIN,
            HEIGHT - MARGIN,
            WIDTH - MARGIN));
    for (Mark mark : marks) {
      double x = x(mark.at(), last);
      svg.append(
          String.format(
              Locale.ROOT,
              "<path d=\"M%.1f %dV%d\" stroke=\"#c33\" stroke-opacity=\"0.5\"><title>%s</title></path>%n",
              x,
              MARGIN,
              HEIGHT - MARGIN,
              escaped(mark.what())));
    }
    StringBuilder line = new StringBuilder();
    for (Point point : points) {
      double x = x(point.at(), last);
      double y = HEIGHT - MARGIN - (double) point.value() / most * (HEIGHT - 2 * MARGIN);
      if (joined) {
        line.append(String.format(Locale.ROOT, "%s%.1f %.1f", line.isEmpty() ? "M" : "L", x, y));
      } else {
        svg.append(
            String.format(
                Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"#36c\"/>%n", x, y));
      }
    }
    if (!line.isEmpty()) {
      svg.append("<path d=\"" + line + "\" fill=\"none\" stroke=\"#36c\"/>\n");
    }
    return svg.append("</svg>\n").toString();
  }

  private static double x(long at, long last) {
    return MARGIN + (double) at / last * (WIDTH - 2 * MARGIN);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
