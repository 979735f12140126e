package io.neuralake.internal.store;

import java.io.IOException;

/** The bound on what is read into memory at once. */
final class SizeLimit {
  private SizeLimit() {}

  static IOException exceeded(String location, long limit) {
    return new IOException(
        location
            + ": is larger than the "
            + limit
            + " bytes that are read at once. It is damaged, or no file of this kind.");
  }
}
