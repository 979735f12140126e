package io.neuralake.testkit.chaos;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Writes as long as the other side takes it and then swallows the rest. */
final class OptionalOutput extends FilterOutputStream {
  private boolean intact = true;

  OptionalOutput(OutputStream out) {
    super(out);
  }

  /** Whether everything so far was taken. */
  boolean intact() {
    return intact;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (intact) {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        intact = false;
      }
    }
  }

  @Override
  public void flush() {
    if (intact) {
      try {
        out.flush();
      } catch (IOException e) {
        intact = false;
      }
    }
  }
}
