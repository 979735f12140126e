package io.neuralake.testkit.audit;

import java.util.stream.Stream;

/**
 * An engine that reads the table for {@link DeltaLogAudit#comparing}: neuralake itself, Delta
 * Standalone, Spark. All engines of one audit write a row as text in the same way.
 */
public interface IndependentReader {

  /** What to call it in findings. */
  String name();

  /**
   * All rows of the newest version, in any order, each as one text.
   *
   * @throws Exception if the engine cannot read the table, which is a finding
   */
  Stream<String> rows() throws Exception;

  /** A reader from a function. */
  static IndependentReader of(String name, Rows rows) {
    return new IndependentReader() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Stream<String> rows() throws Exception {
        return rows.read();
      }
    };
  }

  /** Reads rows. */
  @FunctionalInterface
  interface Rows {
    /**
     * All rows of the newest version.
     *
     * @throws Exception if they cannot be read
     */
    Stream<String> read() throws Exception;
  }
}
