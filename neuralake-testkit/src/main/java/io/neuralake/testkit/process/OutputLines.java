package io.neuralake.testkit.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lines one output stream of a child printed, newest {@value #MAX_LINES} kept. Thread-safe. */
final class OutputLines {
  static final int MAX_LINES = 50_000;

  private final Deque<String> lines = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread reader;
  private long dropped;
  private boolean ended;

  OutputLines(InputStream stream, String threadName) {
    reader = new Thread(() -> readAll(stream), threadName);
    reader.setDaemon(true);
    reader.start();
  }

  private void readAll(InputStream stream) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      // The stream is closed under the reader when the process is destroyed.
    } finally {
      end();
    }
  }

  private void add(String line) {
    lock.lock();
    try {
      if (lines.size() == MAX_LINES) {
        lines.removeFirst();
        dropped++;
      }
      lines.addLast(line);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  List<String> snapshot() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a line in which the pattern is found; lines printed earlier count.
   *
   * @return the match, or empty if the stream ended without one
   * @throws TimeoutException if neither happened in time
   */
  Optional<Matcher> await(Pattern pattern, Duration timeout)
      throws InterruptedException, TimeoutException {
    long left = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      long next = dropped;
      while (true) {
        long position = dropped;
        for (String line : lines) {
          if (position++ < next) {
            continue;
          }
          Matcher matcher = pattern.matcher(line);
          if (matcher.find()) {
            return Optional.of(matcher);
          }
        }
        next = position;
        if (ended) {
          return Optional.empty();
        }
        if (left <= 0) {
          throw new TimeoutException("no line matched " + pattern + " within " + timeout);
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything the child printed has been read. */
  void awaitEnd(Duration timeout) throws InterruptedException {
    reader.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeout.toNanos())));
  }
}
