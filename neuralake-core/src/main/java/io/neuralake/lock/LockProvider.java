package io.neuralake.lock;

import java.io.IOException;

/**
 * Decides which writer owns a version of a table: the elector of the commit protocol.
 *
 * <p><b>Contract.</b> For each table and version, among any number of callers of {@link #commit} in
 * any number of processes, at most one ever takes effect, whatever crashes or pauses at any moment;
 * and a version that took effect is never replaced. An ordinary lock with an expiry is not enough:
 * a holder that was paused past its expiry must still be unable to overwrite.
 *
 * <p>All writers of one table, whatever their engine, must use the same elector.
 *
 * <p><b>Crash.</b> A caller that dies inside {@link #commit} leaves the version either not taken,
 * or taken with the whole content, at the latest after {@link #recover} ran in another process.
 *
 * <p><b>Threads.</b> Implementations are thread-safe. Interrupts are honoured and surface as {@link
 * java.io.InterruptedIOException} with the thread's interrupt flag set.
 */
public interface LockProvider extends AutoCloseable {

  /** A short name for logs and errors, such as {@code conditional-put}. */
  String name();

  /**
   * Makes {@code content} version {@code version} of the table, if that version is free.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the version is taken; perhaps by this very
   *     content, where the response of an earlier try was lost: the caller compares the commit's
   *     own id
   * @throws IOException in any other case: the outcome is unknown, the caller finds out by reading
   */
  void commit(CommitFiles log, long version, byte[] content) throws IOException;

  /**
   * Completes what a crashed writer left half done, before the log is listed. Electors whose
   * commits are a single step have nothing to do.
   */
  default void recover(CommitFiles log) throws IOException {}

  @Override
  default void close() {}
}
