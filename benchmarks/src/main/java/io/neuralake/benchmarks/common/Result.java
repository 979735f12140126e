package io.neuralake.benchmarks.common;

/**
 * One line of the table: neuralake beside a peer.
 *
 * @param work what was done
 * @param peer beside whom
 * @param unit of both figures
 * @param figure neuralake's
 * @param peerFigure the peer's
 * @param ratio how many times better neuralake's figure is; above 1 is better
 * @param target ratio to reach
 */
public record Result(
    String work,
    String peer,
    String unit,
    double figure,
    double peerFigure,
    double ratio,
    double target) {

  /** Figures of which the larger one is better. */
  public static Result larger(
      String work, String peer, String unit, double figure, double peerFigure, double target) {
    return new Result(work, peer, unit, figure, peerFigure, figure / peerFigure, target);
  }

  /** Figures of which the smaller one is better. */
  public static Result smaller(
      String work, String peer, String unit, double figure, double peerFigure, double target) {
    return new Result(work, peer, unit, figure, peerFigure, peerFigure / figure, target);
  }

  /** Whether the target is reached; never if a figure is missing. */
  public boolean reached() {
    return ratio >= target;
  }

  public String verdict() {
    return reached() ? "OK" : "SHORT";
  }
}
