package io.neuralake.lock;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Leases among the threads that share this object: for tests, and fleets of one process. */
public final class InProcessLeases implements LeaseProvider {
  private final Map<Key, Held> leases = new HashMap<>();

  private record Key(String table, String lock) {}

  /** Null for {@code until}: released. */
  private record Held(long token, @Nullable Instant until) {}

  @Override
  public synchronized Optional<Grant> tryAcquire(
      String table, String lock, String owner, Instant now, Instant until) {
    Key key = new Key(table, lock);
    Held last = leases.get(key);
    Instant expires = last == null ? null : last.until();
    if (expires != null && !expires.isBefore(now)) {
      return Optional.empty();
    }
    long token = last == null ? 1 : last.token() + 1;
    leases.put(key, new Held(token, until));
    return Optional.of(new Grant(token, expires != null));
  }

  @Override
  public synchronized boolean renew(String table, String lock, long token, Instant until) {
    Key key = new Key(table, lock);
    Held held = leases.get(key);
    if (held == null || held.token() != token || held.until() == null) {
      return false;
    }
    leases.put(key, new Held(token, until));
    return true;
  }

  @Override
  public synchronized void release(String table, String lock, long token) {
    leases.computeIfPresent(
        new Key(table, lock), (key, held) -> held.token() == token ? new Held(token, null) : held);
  }
}
