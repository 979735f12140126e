package io.neuralake.benchmarks.columnar;

import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.ResultTable;
import java.util.List;
import java.util.Locale;

/** The ratios of a comparison as an SVG picture: a bar each, with its target as a line across. */
final class Plot {
  private static final int LABELS = 430;
  private static final int BARS = 420;
  private static final int ROW = 30;
  private static final int TOP = 50;
  private static final String REACHED = "#2a7f62";
  private static final String SHORT = "#c0504d";

  private final List<Result> results;

  Plot(List<Result> results) {
    this.results = results;
  }

  String svg() {
    int height = TOP + ROW * results.size() + 20;
    int width = LABELS + BARS + 90;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"12\">%n",
            width,
            height));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    text(svg, 10, 24, "start", "neuralake: times better than the peer (line: target)");
    double scale = BARS / results.stream().mapToDouble(Plot::extent).max().orElse(1);
    for (int i = 0; i < results.size(); i++) {
      row(svg, results.get(i), TOP + i * ROW, scale);
    }
    return svg.append("</svg>\n").toString();
  }

  private static double extent(Result result) {
    return Math.max(shown(result), result.target());
  }

  private static double shown(Result result) {
    return Double.isFinite(result.ratio()) ? result.ratio() : 0;
  }

  private static void row(StringBuilder svg, Result result, int y, double scale) {
    text(svg, LABELS - 10, y + 15, "end", result.work() + " / " + result.peer());
    double length = shown(result) * scale;
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"20\" fill=\"%s\"/>%n",
            LABELS,
            y,
            length,
            result.reached() ? REACHED : SHORT));
    double target = LABELS + result.target() * scale;
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"black\""
                + " stroke-width=\"2\"/>%n",
            target,
            y - 3,
            target,
            y + 23));
    double end = LABELS + Math.max(length, result.target() * scale) + 6;
    text(svg, (int) end, y + 15, "start", ResultTable.number(result.ratio()) + "x");
  }

  private static void text(StringBuilder svg, int x, int y, String anchor, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            text.replace("&", "&amp;").replace("<", "&lt;")));
  }
}
