package io.neuralake.internal.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** The order of names in listings: by their UTF-8 bytes, which differs from {@code compareTo}. */
final class NameOrder {
  static final Comparator<String> UTF_8 =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private NameOrder() {}
}
