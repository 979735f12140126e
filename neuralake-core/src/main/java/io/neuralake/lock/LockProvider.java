package io.neuralake.lock;

import java.io.IOException;

/**
 * Decides which writer owns a version of a table: the elector of the commit protocol.
 *
 * <p><b>Contract.</b> For each table and version, among any number of callers of {@link #commit} in
 * any number of processes, at most one ever takes effect, whatever crashes or pauses at any moment;
 * and a version that took effect is never replaced. An ordinary lock with an expiry is not enough:
 * a holder that was paused past its expiry must still be unable to overwrite. {@code
 * io.neuralake.testkit.contract.ElectorContract} of the testkit checks this and what follows.
 *
 * <p>All writers of one table, whatever their engine, must use the same elector.
 *
 * <p><b>Crash.</b> A caller that dies inside {@link #commit} leaves the version either not taken,
 * or taken with the whole content, at the latest after {@link #recover} ran in another process:
 *
 * <ul>
 *   <li>before the step that decides, nothing is left but files that no reader looks at;
 *   <li>after it, the version is taken. An elector of more than one step lets {@link #recover} do
 *       the rest, which any number of processes may do at once, and which a crash may cut short.
 * </ul>
 *
 * <p><b>Readers.</b> {@link #recover} is called before a log is listed, and before a version whose
 * outcome is in doubt is read. After it, each version that is taken is readable.
 *
 * <p><b>Threads.</b> Implementations are thread-safe. Interrupts are honoured and surface as {@link
 * java.io.InterruptedIOException} with the thread's interrupt flag set.
 *
 * <p><b>Choice.</b> {@code NeuralLake.Builder.lock} in code, {@link LockProviders#fromEnvironment}
 * by variables, else by the scheme of each table. Other modules bring theirs through {@link
 * LockProviderFactory}.
 */
public interface LockProvider extends AutoCloseable {

  /** A short name for logs and errors, such as {@code conditional-put}. */
  String name();

  /** The name of who decides about this table: another's, where it leaves that to others. */
  default String name(CommitFiles log) {
    return name();
  }

  /**
   * Makes {@code content} version {@code version} of the table, if that version is free.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the version is taken; perhaps by this very
   *     content, where the response of an earlier try was lost: the caller compares the commit's
   *     own id
   * @throws io.neuralake.error.InvalidRequestException if the elector cannot be used here; nothing
   *     was written by this call
   * @throws IOException in any other case: the outcome is unknown, the caller finds out by reading
   */
  void commit(CommitFiles log, long version, byte[] content) throws IOException;

  /**
   * Completes what a crashed writer left half done, before the log is listed. Electors whose
   * commits are a single step have nothing to do. May be called at any time.
   *
   * @return whether something was completed
   * @throws IOException if it cannot be told whether something is left, or it cannot be completed
   */
  default boolean recover(CommitFiles log) throws IOException {
    return false;
  }

  @Override
  default void close() {}
}
