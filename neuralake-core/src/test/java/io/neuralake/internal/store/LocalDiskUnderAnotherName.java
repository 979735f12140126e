package io.neuralake.internal.store;

import io.delta.storage.HDFSLogStore;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Hadoop's local file system under the scheme {@code disk}: a connector for tests. */
public final class LocalDiskUnderAnotherName extends RawLocalFileSystem {
  static final URI ROOT = URI.create("disk:///");

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public String getScheme() {
    return "disk";
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return plain(super.getFileStatus(path));
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    return Arrays.stream(super.listStatus(path))
        .map(LocalDiskUnderAnotherName::plain)
        .toArray(FileStatus[]::new);
  }

  /** Without permissions, which Hadoop only reads of paths of scheme {@code file}. */
  private static FileStatus plain(FileStatus status) {
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        1,
        status.getBlockSize(),
        status.getModificationTime(),
        status.getPath());
  }

  /** The same for {@code FileContext}. */
  public static final class Context extends DelegateToFileSystem {
    public Context(URI uri, Configuration configuration) throws IOException, URISyntaxException {
      super(uri, new LocalDiskUnderAnotherName(), configuration, "disk", false);
    }
  }

  /** Delta's log store for HDFS; local disk needs a mutex around it, for which one JVM suffices. */
  public static final class OneWinner extends HDFSLogStore {
    public OneWinner(Configuration configuration) {
      super(configuration);
    }

    @Override
    public void write(
        Path path, Iterator<String> actions, Boolean overwrite, Configuration configuration)
        throws IOException {
      synchronized (OneWinner.class) {
        if (!overwrite && path.getFileSystem(configuration).exists(path)) {
          throw new FileAlreadyExistsException(path.toString());
        }
        super.write(path, actions, overwrite, configuration);
      }
    }
  }
}
