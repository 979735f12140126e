package io.neuralake.lock.dynamodb;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.CommitName;
import io.neuralake.lock.LockProvider;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets DynamoDB decide which writer owns a version of a table on S3, by the protocol of Delta's
 * {@code S3DynamoDBLogStore}: Spark clusters that use that class, or {@link DynamoDbLogStore}, and
 * neuralake can write one table. For storages without conditional writes, and for tables that such
 * clusters write. Thread-safe.
 *
 * <p>A commit writes its content to a file under {@code _delta_log/.tmp}, claims the version by an
 * item that must not exist yet (the step that decides), copies the content to its place, and marks
 * the item as complete. Whoever finds a claim that is not complete does the rest.
 *
 * <p>Tables on other storages than {@code s3} and {@code s3a} are refused.
 */
public final class DynamoDbLockProvider implements LockProvider {
  private static final Logger LOG = LoggerFactory.getLogger(DynamoDbLockProvider.class);
  private static final Pattern LOCATION =
      Pattern.compile("(?i)(s3|s3a)://([^/]+)/*(.*?)/*", Pattern.DOTALL);

  private final DynamoDb settings;
  private final Clock clock;
  private final Supplier<UUID> names;
  private final Connection connection;
  private final EntryTable entries;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  private DynamoDbLockProvider(DynamoDb settings, Clock clock, Supplier<UUID> names) {
    this.settings = settings;
    this.clock = clock;
    this.names = names;
    this.connection = new Connection(settings);
    this.entries = new EntryTable(connection, settings);
  }

  /**
   * The elector of a lock table. No I/O.
   *
   * @throws InvalidRequestException if the settings do not fit together
   */
  public static DynamoDbLockProvider of(DynamoDb settings) {
    return of(settings, Clock.systemUTC(), UUID::randomUUID);
  }

  /**
   * Like {@link #of(DynamoDb)}, with sources of time and chance.
   *
   * @param clock when entries are complete
   * @param names of temporary files; no two calls in any process may give the same
   */
  public static DynamoDbLockProvider of(DynamoDb settings, Clock clock, Supplier<UUID> names) {
    return new DynamoDbLockProvider(settings, clock, names);
  }

  @Override
  public String name() {
    return DynamoDbLockProviderFactory.NAME;
  }

  @Override
  public void commit(CommitFiles log, long version, byte[] content) throws IOException {
    String table = tablePath(log);
    String file = CommitName.of(version);
    requireOnePath(log, table);
    Entry previous = version == 0 ? null : previous(log, table, version - 1);
    String temp = ".tmp/" + file + "." + names.get();
    Entry claim = new Entry(table, file, temp, false, null);
    log.write(temp, content);
    Entry holder = entries.claim(claim);
    if (holder != null && isRemnant(log, holder)) {
      // Only if it still is as it was: what looks like a remnant may have been completed meanwhile.
      holder = entries.replace(holder, claim);
      if (holder == null) {
        LOG.warn("{}: {} was entered by a table that is gone; it is entered anew", table, file);
      }
    }
    if (holder != null) {
      deleteQuietly(log, temp);
      throw taken(log, file);
    }
    // The claim stands. If this fails, the caller reads the version, and knows its own by its id.
    boolean there = log.exists(file);
    boolean others = there && !Arrays.equals(log.read(file), content);
    try {
      finish(log, claim, there ? null : content);
    } catch (IOException | RuntimeException e) {
      LOG.info("{}: {} is claimed; the next one completes it: {}", table, file, e.toString());
    }
    if (others) {
      refuseBypass(log, claim, previous);
      throw taken(log, file);
    }
  }

  /** The entry of the version before, finished if need be; null if it has expired. */
  private @Nullable Entry previous(CommitFiles log, String table, long version) throws IOException {
    String file = CommitName.of(version);
    Entry entry = entries.get(table, file);
    if (entry != null && !entry.complete()) {
      complete(log, entry);
    } else if (entry == null && !log.exists(file)) {
      throw new InvalidRequestException(
          log.tableLocation()
              + ": version "
              + version
              + ", on which the commit is based, does not exist. Was the table deleted, or replaced?"
              + " Open it again.");
    }
    return entry;
  }

  /**
   * Whether an entry is what is left of a table that was deleted: its file is not there, and either
   * was before, or can never be.
   */
  private static boolean isRemnant(CommitFiles log, Entry entry) throws IOException {
    // In this order: content is deleted after the file is in its place.
    return !log.exists(entry.fileName()) && (entry.complete() || !log.exists(entry.tempPath()));
  }

  /** Does what is left to do of another's claim. */
  private void complete(CommitFiles log, Entry entry) throws IOException {
    finish(log, entry, log.exists(entry.fileName()) ? null : log.read(entry.tempPath()));
  }

  /**
   * Puts what was claimed into its place, and says so.
   *
   * @param content null if it is there already
   */
  private void finish(CommitFiles log, Entry entry, byte @Nullable [] content) throws IOException {
    if (content != null) {
      log.write(entry.fileName(), content);
    }
    entries.complete(entry, clock.instant().plus(settings.entryLifetime()).getEpochSecond());
    deleteQuietly(log, entry.tempPath());
  }

  /** Nobody reads it any more: whoever wants to copy it finds the file in its place first. */
  private static void deleteQuietly(CommitFiles log, String temp) {
    try {
      log.delete(temp);
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: {} was not deleted", log.tableLocation(), temp, e);
    }
  }

  /**
   * Refuses a commit where another writer goes around the lock table: a version was written, after
   * one whose entry is still there, without an entry.
   */
  private void refuseBypass(CommitFiles log, Entry claim, @Nullable Entry previous) {
    Long expires = previous == null ? null : previous.expireTime();
    if (previous != null && (expires == null || expires > clock.instant().getEpochSecond())) {
      throw new InvalidRequestException(
          log.tableLocation()
              + ": "
              + claim.fileName()
              + " was written by a writer that does not use lock table "
              + settings.table()
              + ". Two ways of committing to one table overwrite each other's commits. Nothing was"
              + " committed by this call; let all writers use the same lock provider (in Spark:"
              + " spark.delta.logStore.s3a.impl), then repeat it.");
    }
  }

  private static FileAlreadyExistsException taken(CommitFiles log, String file) {
    return new FileAlreadyExistsException(
        log.tableLocation() + "/_delta_log/" + file, null, "exists already");
  }

  @Override
  public boolean recover(CommitFiles log) throws IOException {
    String table = tablePath(log);
    requireOnePath(log, table);
    Entry latest = entries.latest(table);
    if (latest == null || latest.complete()) {
      return false;
    }
    LOG.info("{}: completing {}, which another writer claimed", table, latest.fileName());
    try {
      complete(log, latest);
      return true;
    } catch (FileNotFoundException e) {
      Entry now = entries.get(table, latest.fileName());
      if (now == null || now.complete()) {
        return false; // another was quicker
      }
      if (!isRemnant(log, latest)) {
        throw e;
      }
      LOG.warn(
          "{}: {} was entered by a table that is gone, or its content {} was deleted; ignored",
          table,
          latest.fileName(),
          latest.tempPath());
      return false;
    }
  }

  /** Refuses a table that has entries under the other scheme: they would exclude nobody. */
  private void requireOnePath(CommitFiles log, String table) throws IOException {
    if (known.contains(table)) {
      return;
    }
    String other =
        table.startsWith("s3a:") ? "s3" + table.substring(3) : "s3a" + table.substring(2);
    if (entries.latest(other) != null) {
      throw new InvalidRequestException(
          log.tableLocation()
              + ": lock table "
              + settings.table()
              + " has entries of "
              + other
              + ", from a writer that sees the table there, but this one would enter "
              + table
              + ". They would not exclude each other. Choose the other's scheme by"
              + " DynamoDb.pathScheme (NEURALAKE_DYNAMODB_PATH_SCHEME); if nobody writes that way"
              + " any more, delete those items.");
    }
    known.add(table);
  }

  /** The table as Hadoop's paths spell it: one slash between names, none at the end. */
  private String tablePath(CommitFiles log) {
    Matcher location = LOCATION.matcher(log.tableLocation());
    if (!location.matches()) {
      throw new InvalidRequestException(
          log.tableLocation()
              + ": lock provider dynamodb is made for s3 and s3a. Use"
              + " LockProviders.automatic(), or one for this storage.");
    }
    String path = location.group(3).replaceAll("/+", "/");
    return settings.pathScheme() + "://" + location.group(2) + (path.isEmpty() ? "" : "/" + path);
  }

  @Override
  public void close() {
    connection.close();
  }

  @Override
  public String toString() {
    return "DynamoDbLockProvider[" + settings + "]";
  }
}
