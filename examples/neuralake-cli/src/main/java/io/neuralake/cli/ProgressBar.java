package io.neuralake.cli;

import io.neuralake.exec.ProgressListener;
import java.io.PrintWriter;

/** Progress: a bar that moves on a terminal, elsewhere a line for each tenth. */
final class ProgressBar implements ProgressListener, AutoCloseable {
  private static final int WIDTH = 30;
  private static final int STEPS = 10;

  private final String doing;
  private final Output output;
  private int tenths;
  private boolean drawn;

  ProgressBar(String doing, Output output) {
    this.doing = doing;
    this.output = output;
  }

  @Override
  public void progress(Progress progress) {
    PrintWriter err = output.err();
    int total = Math.max(1, progress.filesTotal());
    int done = Math.min(progress.filesDone(), total);
    String figures =
        "%,d of %,d files, %s"
            .formatted(progress.filesDone(), progress.filesTotal(), Output.bytes(progress.bytes()));
    if (output.terminal()) {
      int filled = (int) ((long) WIDTH * done / total);
      err.printf(
          "\r%s [%s%s] %s", doing, "#".repeat(filled), ".".repeat(WIDTH - filled), figures);
      drawn = true;
    } else if ((long) STEPS * done / total > tenths) {
      tenths = (int) ((long) STEPS * done / total);
      err.println(doing + ": " + figures);
    }
    err.flush();
  }

  /** Ends the line. */
  @Override
  public void close() {
    if (drawn) {
      output.err().println();
      output.err().flush();
    }
  }
}
