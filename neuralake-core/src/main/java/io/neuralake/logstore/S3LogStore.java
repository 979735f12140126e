package io.neuralake.logstore;

import io.delta.storage.CloseableIterator;
import io.delta.storage.LogStore;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.S3FileStore;
import io.neuralake.internal.store.StoredCommitFiles;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.storage.S3;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Delta log on S3 whose versions a {@link LockProvider} gives out, for Spark and whatever else
 * loads an {@code io.delta.storage.LogStore}. It reaches S3 by the AWS SDK, with the settings of
 * Hadoop's S3A ({@code fs.s3a.endpoint}, {@code .endpoint.region}, {@code .path.style.access},
 * {@code .access.key}, {@code .secret.key}, {@code .session.token}; those of a bucket first), and
 * not through S3A itself.
 *
 * <p>A commit whose answer was lost is looked at before anything is said of it: it is one's own if
 * it has the same content and that carries a {@code txnId}, which Delta gives to each commit.
 *
 * <p>Thread-safe. Connections live as long as the JVM, as log stores are never closed.
 */
public abstract class S3LogStore extends LogStore {
  private static final Logger LOG = LoggerFactory.getLogger(S3LogStore.class);
  private static final String LOG_FOLDER = "_delta_log";
  private static final Pattern COMMIT = Pattern.compile("\\d{20}\\.json");
  private static final int ATTEMPTS = 6;
  private static final int FIRST_PAUSE_MILLIS = 100;
  private static final long MAX_BYTES = 1L << 30;
  private static final Map<S3, FileStore> STORES = new ConcurrentHashMap<>();

  /**
   * Makes a log store; no request is sent.
   *
   * @param configuration for initialization only
   */
  protected S3LogStore(Configuration configuration) {
    super(configuration);
  }

  /**
   * The elector of a table; the same for the same arguments, as it is never closed.
   *
   * @param scheme in which the table is seen, such as {@code s3a}
   * @param configuration Hadoop's
   */
  protected abstract LockProvider elector(String scheme, Configuration configuration)
      throws IOException;

  @Override
  public final void write(
      Path path, Iterator<String> actions, Boolean overwrite, Configuration configuration)
      throws IOException {
    byte[] content = content(actions);
    FileStore store = store(path, configuration);
    if (overwrite) {
      store.write(location(path), content);
    } else if (isInLog(path) && COMMIT.matcher(path.getName()).matches()) {
      commit(path, content, configuration);
    } else {
      // Checksums and the like: whoever writes one writes the same.
      if (log(path, configuration).exists(path.getName())) {
        throw new FileAlreadyExistsException(location(path), null, "exists already");
      }
      store.write(location(path), content);
    }
  }

  private void commit(Path path, byte[] content, Configuration configuration) throws IOException {
    LockProvider elector = elector(scheme(path), configuration);
    CommitFiles log = log(path, configuration);
    String file = path.getName();
    long version = Long.parseLong(file.substring(0, file.indexOf('.')));
    boolean doubtful = false;
    for (int attempt = 1; ; attempt++) {
      try {
        elector.commit(log, version, content);
        return;
      } catch (FileAlreadyExistsException e) {
        elector.recover(log);
        if (isOurs(log, file, content, doubtful)) {
          return;
        }
        throw e;
      } catch (AccessDeniedException | InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        doubtful = true;
        LOG.info("{}: looking whether it was committed, after: {}", location(path), e.toString());
        try {
          elector.recover(log);
          if (isOurs(log, file, content, true)) {
            return;
          }
          throw new FileAlreadyExistsException(location(path), null, "exists already");
        } catch (FileNotFoundException absent) {
          if (attempt >= ATTEMPTS) {
            throw e;
          }
          pause(attempt, path);
        }
      }
    }
  }

  /**
   * Whether the version holds this commit.
   *
   * @throws FileNotFoundException if it holds none
   */
  private static boolean isOurs(CommitFiles log, String file, byte[] content, boolean doubtful)
      throws IOException {
    boolean same = Arrays.equals(log.read(file), content);
    boolean identified = new String(content, StandardCharsets.UTF_8).contains("\"txnId\":\"");
    if (same && !identified && doubtful) {
      throw new IOException(
          log.tableLocation()
              + ": it is not known whether "
              + file
              + " was committed by this writer, as its content is the same and carries no txnId."
              + " Look before you write again; leave spark.databricks.delta.commitInfo.enabled"
              + " on.");
    }
    return same && identified;
  }

  private static void pause(int attempt, Path path) throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep((long) FIRST_PAUSE_MILLIS << (attempt - 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(
          location(path) + ": interrupted; the commit may have taken effect.");
    }
  }

  @Override
  public final CloseableIterator<String> read(Path path, Configuration configuration)
      throws IOException {
    byte[] content = store(path, configuration).read(location(path), MAX_BYTES);
    Iterator<String> lines = new String(content, StandardCharsets.UTF_8).lines().iterator();
    return new CloseableIterator<>() {
      @Override
      public boolean hasNext() {
        return lines.hasNext();
      }

      @Override
      public String next() {
        return lines.next();
      }

      @Override
      public void close() {}
    };
  }

  /** The files from a name on, after what a crashed writer left half done was completed. */
  @Override
  public final Iterator<FileStatus> listFrom(Path path, Configuration configuration)
      throws IOException {
    if (isInLog(path)) {
      elector(scheme(path), configuration).recover(log(path, configuration));
    }
    FileStore store = store(path, configuration);
    Path folder = path.getParent();
    try {
      Iterator<FileInfo> files = store.listFrom(location(path));
      if (!files.hasNext() && !store.listFrom(location(folder) + "/").hasNext()) {
        throw new FileNotFoundException(location(folder) + ": does not exist.");
      }
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return files.hasNext();
        }

        @Override
        public FileStatus next() {
          FileInfo file = files.next();
          String name = file.location().substring(file.location().lastIndexOf('/') + 1);
          return new FileStatus(
              file.size(), false, 1, 0, file.modifiedMillis(), new Path(folder, name));
        }
      };
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public final Path resolvePathOnPhysicalStorage(Path path, Configuration configuration) {
    return path;
  }

  @Override
  public final Boolean isPartialWriteVisible(Path path, Configuration configuration) {
    return false;
  }

  private static byte[] content(Iterator<String> actions) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (actions.hasNext()) {
      bytes.writeBytes(actions.next().getBytes(StandardCharsets.UTF_8));
      bytes.write('\n');
    }
    return bytes.toByteArray();
  }

  private static boolean isInLog(Path path) {
    return path.getParent().getName().equals(LOG_FOLDER);
  }

  private static CommitFiles log(Path path, Configuration configuration) throws IOException {
    return new StoredCommitFiles(
        store(path, configuration), location(path.getParent().getParent()));
  }

  private static FileStore store(Path path, Configuration configuration) throws IOException {
    String bucket = path.toUri().getAuthority();
    return STORES.computeIfAbsent(
        new S3aSettings(configuration, bucket).settings(), S3FileStore::new);
  }

  private static String scheme(Path path) {
    return path.toUri().getScheme();
  }

  /** In the form of {@link FileStore}: raw, never percent-encoded. */
  private static String location(Path path) {
    URI uri = path.toUri();
    return uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
  }
}
