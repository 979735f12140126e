package io.neuralake.testkit.chaos;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Writes the first bytes and swallows the rest. */
final class CutOutput extends FilterOutputStream {
  private final long limit;
  private long passed;

  CutOutput(OutputStream out, long limit) {
    super(out);
    this.limit = limit;
  }

  /** How many bytes went through. */
  long passed() {
    return passed;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int fits = (int) Math.min(length, limit - passed);
    out.write(bytes, offset, fits);
    passed += fits;
  }
}
