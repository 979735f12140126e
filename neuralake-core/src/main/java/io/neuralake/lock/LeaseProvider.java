package io.neuralake.lock;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Where leases are kept: the atomic steps below {@link Leases}, which programs use.
 *
 * <p>A lease keeps two compactors, or two vacuums, from doing the same work on a table. <b>It never
 * protects a commit</b>: its holder may be paused past its expiry and go on; that is what a {@link
 * LockProvider} is for.
 *
 * <p><b>Contract.</b> For each table and lock, at any time by any one clock, at most one grant has
 * neither expired nor been released. Tokens of the same table and lock grow from grant to grant,
 * also over releases, expiries, and crashes. A holder whose token is not the newest changes
 * nothing. {@code io.neuralake.testkit.contract.LeaseContract} checks this.
 *
 * <p>A request whose answer was lost may be repeated: it then succeeds if it had its effect. Times
 * are those of the callers' clocks, which should agree to within a fraction of a lease.
 *
 * <p>Thread-safe. Errors are {@link IOException}s, after which the outcome is unknown.
 */
public interface LeaseProvider extends AutoCloseable {

  /**
   * What a holder got.
   *
   * @param token the fencing token
   * @param takenOver whether an earlier holder had not released it
   */
  record Grant(long token, boolean takenOver) {}

  /**
   * Takes the lease if it was never taken, or released, or has expired before {@code now}.
   *
   * @param table what it is about, such as the location of a table
   * @param lock which of its leases, such as {@code compactor}
   * @param owner who asks; no other call has the same
   * @param until when it expires, unless it is renewed
   * @return empty if another holds it
   */
  Optional<Grant> tryAcquire(String table, String lock, String owner, Instant now, Instant until)
      throws IOException;

  /**
   * Moves the expiry.
   *
   * @return false if another has taken it over, or it was released
   */
  boolean renew(String table, String lock, long token, Instant until) throws IOException;

  /** Gives it back; does nothing if another has taken it over. */
  void release(String table, String lock, long token) throws IOException;

  @Override
  default void close() {}
}
