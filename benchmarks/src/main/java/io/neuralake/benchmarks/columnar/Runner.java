package io.neuralake.benchmarks.columnar;

import java.io.IOException;

/** A contestant as the comparison sees it: in a process of its own. Not thread-safe. */
interface Runner extends AutoCloseable {

  String name();

  /**
   * Does work once.
   *
   * @throws IOException if the process fails; the message says where its log is
   */
  Measurement run(Work work) throws IOException;

  @Override
  void close();
}
