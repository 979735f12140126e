package io.neuralake.lock;

import io.neuralake.error.InvalidRequestException;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Leaves the election to the storage's own atomic create.
 *
 * @param name for logs and errors
 * @param suits the schemes it is made for, in words
 * @param accepts the schemes it is made for
 */
record StorageElector(String name, String suits, Predicate<String> accepts)
    implements LockProvider {
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

  @Override
  public void commit(CommitFiles log, long version, byte[] content) throws IOException {
    String scheme = scheme(log);
    if (!accepts.test(scheme)) {
      throw new InvalidRequestException(
          log.tableLocation()
              + ": lock provider "
              + name
              + " is made for "
              + suits
              + ", not for "
              + scheme
              + ". Use LockProviders.automatic(), or one for this storage.");
    }
    log.writeIfAbsent(CommitName.of(version), content);
  }

  /** The scheme of the table, in lower case; a plain path is a {@code file}. */
  static String scheme(CommitFiles log) {
    Matcher matcher = SCHEME.matcher(log.tableLocation());
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "file";
  }
}
