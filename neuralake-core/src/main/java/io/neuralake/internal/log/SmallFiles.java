package io.neuralake.internal.log;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Contents of small log files that one snapshot has read, up to a few mebibytes. Thread-safe. */
final class SmallFiles {

  private static final long MOST_BYTES = 8L << 20;

  private final Map<String, byte[]> contents = new HashMap<>();
  private long bytes;

  synchronized byte @Nullable [] get(String location) {
    return contents.get(location);
  }

  /** Remembers a file, unless there is no room left. */
  synchronized void put(String location, byte[] content) {
    forget(location);
    if (bytes + content.length <= MOST_BYTES) {
      contents.put(location, content);
      bytes += content.length;
    }
  }

  /** Forgets a file, because it is about to be written. */
  synchronized void forget(String location) {
    byte[] old = contents.remove(location);
    if (old != null) {
      bytes -= old.length;
    }
  }
}
