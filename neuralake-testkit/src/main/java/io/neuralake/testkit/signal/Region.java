package io.neuralake.testkit.signal;

/**
 * The cortical regions of the simulated recording, 256 neurons each. Their names are the values of
 * the region column.
 *
 * <p>Mean rates of cortical neurons are close to log-normally distributed (Buzsaki and Mizuseki,
 * "The log-dynamic brain", Nature Reviews Neuroscience 15, 2014): a few fire often, most seldom.
 * The medians and widths here are round figures in the range that paper reviews, chosen so that the
 * regions can be told apart; they are fitted to nothing.
 */
public enum Region {
  /** Primary visual cortex. */
  V1(4.0, 0.9),
  /** Primary motor cortex. */
  M1(9.0, 0.7),
  /** Prefrontal cortex. */
  PFC(2.5, 0.8),
  /** Hippocampus. */
  HPC(1.0, 1.0);

  /** How many neurons each region has. */
  public static final int NEURONS = 256;

  private static final Region[] ALL = values();

  private final double medianRateHz;
  private final double sigma;

  Region(double medianRateHz, double sigma) {
    this.medianRateHz = medianRateHz;
    this.sigma = sigma;
  }

  /**
   * Returns the median of the mean firing rates of the region's neurons.
   *
   * @return spikes per second
   */
  public double medianRateHz() {
    return medianRateHz;
  }

  /**
   * Returns the standard deviation of the natural logarithm of those rates.
   *
   * @return a number without unit
   */
  public double sigma() {
    return sigma;
  }

  /**
   * Returns the region a neuron is in.
   *
   * @param neuron 0 to 1023
   * @return its region
   */
  public static Region of(int neuron) {
    return ALL[neuron / NEURONS];
  }
}
