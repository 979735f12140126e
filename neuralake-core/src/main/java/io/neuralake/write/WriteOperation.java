package io.neuralake.write;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.txn.CommitOptions;

/**
 * What all operations that write a version of a table have in common. An immutable value: each
 * method returns a refined one, {@link #commit} acts.
 *
 * @param <T> the operation
 */
public abstract sealed class WriteOperation<T extends WriteOperation<T>>
    permits Append,
        Overwrite,
        Merge,
        Delete,
        Update,
        Alter,
        Create,
        Restore,
        Repair,
        Convert,
        ShallowClone {

  private final String table;

  WriteOperation(String table) {
    this.table = table;
  }

  abstract CommitOptions options();

  abstract T with(CommitOptions options);

  /** Free text that the history keeps with the commit. */
  public T userMetadata(String text) {
    return with(options().withUserMetadata(text));
  }

  /** A name and a value that the history keeps with the commit. Replaces the name's earlier one. */
  public T tag(String name, String value) {
    return with(options().withTag(name, value));
  }

  /**
   * Makes repetitions harmless: the operation is done only if the table has not recorded this
   * version of the application, or a higher one, and is recorded together with what it does. So an
   * application that numbers what it writes can repeat whatever it is not sure of, after a crash, a
   * timeout or a {@code CommitStateUnknownException}, and of several that write the same number at
   * the same time one does.
   *
   * <p>A repetition reads no rows and writes nothing; its result says {@code committed() == false}
   * and names the version that holds the application's progress: exactly where this lake has seen
   * that version committed, or lost a race against it; otherwise the version at which the progress
   * was found recorded, which may be later. The table forgets progress that is older than its
   * property {@code delta.setTransactionRetentionDuration}; without it, never.
   *
   * <p>The first such write of an application through a lake reads the progress from the log;
   * further ones ask the storage for nothing more than other writes do.
   *
   * @param appId names the application, or one of its writers; not empty
   * @param version grows with each write of that application; not negative
   * @see io.neuralake.NeuralTable#transactionVersion
   */
  public T transaction(String appId, long version) {
    return with(options().withTransaction(checked(appId, version), version));
  }

  final String checked(String appId, long version) {
    if (appId.isEmpty() || version < 0) {
      throw new InvalidRequestException(
          table
              + ": a transaction needs the name of an application and a version of 0 or more, not '"
              + appId
              + "' and "
              + version
              + ".");
    }
    return appId;
  }

  /** Writes one version, unless there is nothing to do. */
  public abstract CommitResult commit();
}
