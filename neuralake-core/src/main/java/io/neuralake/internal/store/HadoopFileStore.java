package io.neuralake.internal.store;

import io.neuralake.storage.Hadoop;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;

/**
 * Files on any Hadoop file system. File systems come from Hadoop's own cache, which the whole
 * process shares, and are therefore not closed here. Files are created without overwriting only
 * through a {@link HadoopCreator} whose atomicity is known.
 */
public final class HadoopFileStore implements FileStore {
  private final Hadoop settings;
  private final UniqueNames names;
  private @Nullable Configuration configuration;

  /**
   * Makes a store; Hadoop is not touched before first use.
   *
   * @param random for the names of temporary files; need not be thread-safe
   */
  public HadoopFileStore(Hadoop settings, RandomGenerator random) {
    this.settings = settings;
    this.names = new UniqueNames(random);
  }

  @Override
  public FileInfo stat(String location) throws IOException {
    try {
      FileStatus status = fileSystem(location).getFileStatus(path(location));
      if (!status.isFile()) {
        throw new FileNotFoundException(location + ": is a folder, not a file.");
      }
      return info(location, status);
    } catch (IOException e) {
      throw failure(location, e);
    }
  }

  @Override
  public Iterator<FileInfo> listFrom(String location) throws IOException {
    String first = Locations.name(location);
    String folder = location.substring(0, location.length() - first.length());
    List<FileInfo> files = new ArrayList<>();
    try {
      for (FileStatus status : fileSystem(location).listStatus(path(folder))) {
        String name = status.getPath().getName();
        if (status.isFile()
            && !UniqueNames.isTemporary(name)
            && NameOrder.UTF_8.compare(name, first) >= 0) {
          files.add(info(folder + name, status));
        }
      }
    } catch (FileNotFoundException e) {
      return files.iterator();
    } catch (IOException e) {
      throw failure(folder, e);
    }
    files.sort(Comparator.comparing(FileInfo::location, NameOrder.UTF_8));
    return files.iterator();
  }

  @Override
  public Iterator<FileInfo> listRecursively(String folder) throws IOException {
    return below(folder, false);
  }

  @Override
  public List<Iterator<FileInfo>> listAll(String folder, List<String> cuts) throws IOException {
    return List.of(below(folder, true));
  }

  @Override
  public Instant now(String folder) throws IOException {
    String probe = Locations.child(folder, names.temporary("clock"));
    write(probe, new byte[] {0});
    try {
      return Instant.ofEpochMilli(stat(probe).modifiedMillis());
    } finally {
      delete(List.of(probe));
    }
  }

  private Iterator<FileInfo> below(String folder, boolean temporary) throws IOException {
    RemoteIterator<LocatedFileStatus> remote;
    try {
      remote = fileSystem(folder).listFiles(path(folder), true);
    } catch (FileNotFoundException e) {
      return List.<FileInfo>of().iterator();
    } catch (IOException e) {
      throw failure(folder, e);
    }
    String root = Locations.scheme(folder) + "://" + Locations.authority(folder);
    return new LazyIterator<>() {
      @Override
      @Nullable FileInfo advance() throws IOException {
        try {
          while (remote.hasNext()) {
            FileStatus status = remote.next();
            if (temporary || !UniqueNames.isTemporary(status.getPath().getName())) {
              return info(root + status.getPath().toUri().getPath(), status);
            }
          }
          return null;
        } catch (IOException e) {
          throw failure(folder, e);
        }
      }
    };
  }

  @Override
  public RangeReader open(String location, long size) throws IOException {
    try {
      FSDataInputStream in = fileSystem(location).open(path(location));
      return new Reader(this, location, in, size);
    } catch (IOException e) {
      throw failure(location, e);
    }
  }

  @Override
  public byte[] read(String location, long maxBytes) throws IOException {
    try (FSDataInputStream in = fileSystem(location).open(path(location))) {
      int limit = (int) Math.min(maxBytes, Integer.MAX_VALUE - 16);
      byte[] content = in.readNBytes(limit);
      if (in.read() >= 0) {
        throw SizeLimit.exceeded(location, limit);
      }
      return content;
    } catch (IOException e) {
      throw failure(location, e);
    }
  }

  @Override
  public FileSink create(String location) throws IOException {
    try {
      FileSystem fs = fileSystem(location);
      Path target = path(location);
      if (fs.hasPathCapability(target, CommonPathCapabilities.ABORTABLE_STREAM)) {
        return new HadoopFileSink(location, fs.create(target, true), fs, target, null);
      }
      // Not by Path(parent, name), which reads a colon in the name as a scheme.
      String name = names.temporary(Locations.name(location));
      Path temporary = path(Locations.child(Locations.parent(location), name));
      FSDataOutputStream out = fs.create(temporary, false);
      return new HadoopFileSink(location, out, fs, target, temporary);
    } catch (IOException e) {
      throw failure(location, e);
    }
  }

  @Override
  public void write(String location, byte[] content) throws IOException {
    // Google's connector publishes at close and in one step, and its rename is a copy.
    if (Locations.scheme(location).equals("gs")) {
      try (FSDataOutputStream out = fileSystem(location).create(path(location), true)) {
        out.write(content);
      } catch (IOException e) {
        throw failure(location, e);
      }
      return;
    }
    FileSink sink = create(location);
    try {
      sink.write(content);
    } catch (IOException e) {
      sink.abort();
      throw e;
    }
    sink.close();
  }

  @Override
  public void writeIfAbsent(String location, byte[] content) throws IOException {
    try {
      FileSystem fs = fileSystem(location);
      HadoopCreator.of(location, settings, configuration()).create(fs, path(location), content);
    } catch (FileAlreadyExistsException e) {
      var exists = new FileAlreadyExistsException(location, null, "exists already");
      exists.initCause(e);
      throw exists;
    } catch (IOException e) {
      throw failure(location, e);
    }
  }

  @Override
  public void delete(Collection<String> locations) throws IOException {
    for (String location : locations) {
      try {
        if (!fileSystem(location).delete(path(location), false)) {
          Interrupts.check(location);
        }
      } catch (FileNotFoundException e) {
        Interrupts.check(location);
      } catch (IOException e) {
        throw failure(location, e);
      }
    }
  }

  @Override
  public void close() {}

  static IOException failure(String location, IOException e) {
    // A timeout of a socket is, oddly, an InterruptedIOException too.
    boolean interrupted =
        e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException);
    if (interrupted || Thread.currentThread().isInterrupted()) {
      return Interrupts.of(location, e);
    }
    if (e instanceof AccessControlException) {
      var denied =
          new AccessDeniedException(
              location, null, "refused by the file system; check user and permissions");
      denied.initCause(e);
      return denied;
    }
    String message = String.valueOf(e.getMessage());
    if (message.contains(location)) {
      return e;
    }
    if (e instanceof FileNotFoundException) {
      var missing = new FileNotFoundException(location + ": does not exist.");
      missing.initCause(e);
      return missing;
    }
    return e instanceof EOFException || e instanceof AccessDeniedException
        ? e
        : new IOException(location + ": the file system failed (" + message + ").", e);
  }

  private synchronized Configuration configuration() {
    if (configuration == null) {
      configuration = new Configuration();
      settings.configuration().forEach(configuration::set);
    }
    return configuration;
  }

  private FileSystem fileSystem(String location) throws IOException {
    Interrupts.check(location);
    String scheme = Locations.scheme(location);
    Path root = new Path(scheme, Locations.authority(location), "/");
    URI uri = root.toUri();
    try {
      return FileSystem.get(uri, configuration());
    } catch (IOException e) {
      // UnsupportedFileSystemException is private to some Hadoop versions; its text is stable.
      if (String.valueOf(e.getMessage()).contains("No FileSystem for scheme")) {
        throw HadoopConnectors.missing(location, scheme, e);
      }
      throw e;
    } catch (RuntimeException | LinkageError e) {
      if (HadoopConnectors.isMissingClass(e)) {
        throw HadoopConnectors.missing(location, scheme, e);
      }
      throw e;
    }
  }

  private static Path path(String location) {
    String path = Locations.path(location);
    return new Path(
        Locations.scheme(location), Locations.authority(location), path.isEmpty() ? "/" : path);
  }

  private static FileInfo info(String location, FileStatus status) {
    return new FileInfo(location, status.getLen(), status.getModificationTime(), null);
  }

  /** Positioned reads of one open stream, which Hadoop's streams allow to several threads. */
  private static final class Reader implements RangeReader {
    private final HadoopFileStore store;
    private final String location;
    private final FSDataInputStream in;
    private volatile long size;

    Reader(HadoopFileStore store, String location, FSDataInputStream in, long size) {
      this.store = store;
      this.location = location;
      this.in = in;
      this.size = size;
    }

    @Override
    public String location() {
      return location;
    }

    @Override
    public long size() throws IOException {
      if (size < 0) {
        size = store.stat(location).size();
      }
      return size;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (position < 0) {
        throw new IOException(location + ": negative position " + position + ".");
      }
      Interrupts.check(location);
      try {
        in.readFully(position, target, offset, length);
      } catch (EOFException e) {
        var cut = new EOFException(location + ": ends before byte " + (position + length) + ".");
        cut.initCause(e);
        throw cut;
      } catch (IOException e) {
        throw failure(location, e);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
