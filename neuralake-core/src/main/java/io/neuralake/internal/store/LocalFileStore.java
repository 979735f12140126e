package io.neuralake.internal.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files on local disk. Whatever is published is complete and synced to the disk before its name
 * appears: a temporary file in the same folder, fsync, then a hard link (create) or an atomic
 * rename (replace), then fsync of the folder. Temporary files of a crashed process are never
 * listed.
 */
public final class LocalFileStore implements FileStore {
  private static final Logger LOG = LoggerFactory.getLogger(LocalFileStore.class);
  private static final String PREFIX = "file://";

  private final UniqueNames names;
  private final Executor workers;

  /** A store that does all in the caller's thread. */
  public LocalFileStore(RandomGenerator random) {
    this(random, task -> {});
  }

  /**
   * Makes a store.
   *
   * @param random for the names of temporary files; need not be thread-safe
   * @param workers wait for the disk while large files are being written
   */
  public LocalFileStore(RandomGenerator random, Executor workers) {
    this.names = new UniqueNames(random);
    this.workers = workers;
  }

  @Override
  public FileInfo stat(String location) throws IOException {
    Path path = path(location);
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw new FileNotFoundException(location + ": is a folder, not a file.");
      }
      return info(location, attributes);
    } catch (IOException e) {
      throw failure(location, e);
    }
  }

  @Override
  public Iterator<FileInfo> listFrom(String location) throws IOException {
    String first = Locations.name(location);
    String folder = location.substring(0, location.length() - first.length());
    List<Path> entries = entries(folder, false);
    entries.removeIf(entry -> NameOrder.UTF_8.compare(name(entry), first) < 0);
    entries.sort(Comparator.comparing(LocalFileStore::name, NameOrder.UTF_8));
    return files(entries.iterator());
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
    Interrupts.check(folder);
    try {
      Path probe = reserve(path(folder).resolve("clock"));
      try {
        return Files.getLastModifiedTime(probe).toInstant();
      } finally {
        Files.deleteIfExists(probe);
      }
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  private static Iterator<FileInfo> below(String folder, boolean temporary) throws IOException {
    Deque<Path> folders = new ArrayDeque<>();
    folders.add(path(folder));
    return new LazyIterator<>() {
      private Iterator<FileInfo> files = List.<FileInfo>of().iterator();

      @Override
      @Nullable FileInfo advance() throws IOException {
        while (!files.hasNext()) {
          Path next = folders.poll();
          if (next == null) {
            return null;
          }
          List<Path> entries = entries(PREFIX + next, temporary);
          // Links to folders are not followed: they may form circles.
          entries.stream()
              .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
              .forEach(folders::add);
          files = files(entries.iterator());
        }
        return files.next();
      }
    };
  }

  @Override
  public RangeReader open(String location, long size) throws IOException {
    Interrupts.check(location);
    return LocalRangeReader.open(location, path(location));
  }

  @Override
  public byte[] read(String location, long maxBytes) throws IOException {
    Interrupts.check(location);
    try (InputStream in = Files.newInputStream(path(location))) {
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
    Interrupts.check(location);
    Path target = path(location);
    try {
      createFolders(folder(target));
      Path temporary = reserve(target);
      return new LocalFileSink(this, location, temporary, target, workers);
    } catch (IOException e) {
      throw failure(location, e);
    }
  }

  @Override
  public void write(String location, byte[] content) throws IOException {
    Path target = path(location);
    try {
      Path temporary = writeTemporary(location, target, content);
      try {
        replace(location, temporary, target);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw failure(location, e);
    }
  }

  @Override
  public void writeIfAbsent(String location, byte[] content) throws IOException {
    Path target = path(location);
    try {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(location);
      }
      Path temporary = writeTemporary(location, target, content);
      try {
        link(location, temporary, target);
      } finally {
        Files.deleteIfExists(temporary);
      }
      syncFolder(folder(target));
    } catch (FileAlreadyExistsException e) {
      throw new FileAlreadyExistsException(location, null, "exists already");
    } catch (IOException e) {
      throw failure(location, e);
    }
  }

  @Override
  public void delete(Collection<String> locations) throws IOException {
    for (String location : locations) {
      Interrupts.check(location);
      try {
        Files.deleteIfExists(path(location));
      } catch (NotDirectoryException e) {
        LOG.debug("{}: nothing to delete, its folder is a file", location);
      } catch (IOException e) {
        throw failure(location, e);
      }
    }
  }

  @Override
  public void close() {}

  /** Publishes a complete, synced temporary file under its name, in place of what was there. */
  void replace(String location, Path temporary, Path target) throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(
          location + ": the file system has no atomic rename. Put the table on one that has.", e);
    }
    syncFolder(folder(target));
  }

  static IOException failure(String location, IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return Interrupts.of(location, e);
    }
    if (e instanceof NoSuchFileException) {
      var missing = new FileNotFoundException(location + ": does not exist.");
      missing.initCause(e);
      return missing;
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getReason() == null ? accessDenied(location, e) : denied;
    }
    if (e instanceof FileSystemException system && system.getReason() != null) {
      return new IOException(location + ": " + system.getReason() + ".", e);
    }
    return e;
  }

  private static AccessDeniedException accessDenied(String location, IOException cause) {
    var denied =
        new AccessDeniedException(
            location, null, "the process may not access it; check owner and permissions");
    denied.initCause(cause);
    return denied;
  }

  private Path writeTemporary(String location, Path target, byte[] content) throws IOException {
    Interrupts.check(location);
    createFolders(folder(target));
    Path temporary = reserve(target);
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
      return temporary;
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  /** An empty temporary file beside the target that nobody else has. */
  private Path reserve(Path target) throws IOException {
    while (true) {
      Path temporary = target.resolveSibling(names.temporary(name(target)));
      try {
        return Files.createFile(temporary);
      } catch (FileAlreadyExistsException e) {
        LOG.debug("Temporary name {} is taken, trying another", temporary);
      }
    }
  }

  private static void link(String location, Path temporary, Path target) throws IOException {
    try {
      Files.createLink(target, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // Without hard links Java has no create-with-content that is atomic and never replaces; an
      // "exists? then rename" would lose commits, so there is no fallback.
      throw new IOException(
          location
              + ": cannot create the file atomically, as hard-linking it failed ("
              + (e instanceof FileSystemException f ? f.getReason() : e.getMessage())
              + "). Put the table on a file system with hard links, or on object storage.",
          e);
    }
  }

  private static void createFolders(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      createFolders(parent);
    }
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw new IOException(PREFIX + folder + ": is a file where a folder is needed.", e);
      }
    }
    if (parent != null) {
      syncFolder(parent);
    }
  }

  private static void syncFolder(Path folder) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      Interrupts.check(PREFIX + folder);
      LOG.debug("Folder {} cannot be opened for fsync on this system", folder, e);
      return;
    }
    try (channel) {
      channel.force(true);
    }
  }

  private static Path folder(Path target) {
    Path folder = target.getParent();
    return folder == null ? target : folder;
  }

  private static List<Path> entries(String folder, boolean temporary) throws IOException {
    Interrupts.check(folder);
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(path(folder))) {
      for (Path entry : stream) {
        if (temporary || !UniqueNames.isTemporary(name(entry))) {
          entries.add(entry);
        }
      }
      return entries;
    } catch (DirectoryIteratorException e) {
      throw new IOException(folder + ": cannot be listed to its end.", e);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return new ArrayList<>();
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  private static Iterator<FileInfo> files(Iterator<Path> entries) {
    return new LazyIterator<>() {
      @Override
      @Nullable FileInfo advance() throws IOException {
        while (entries.hasNext()) {
          Path entry = entries.next();
          try {
            var attributes = Files.readAttributes(entry, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
              return info(PREFIX + entry, attributes);
            }
          } catch (NoSuchFileException e) {
            LOG.debug("{} vanished while its folder was listed", entry);
          } catch (IOException e) {
            throw failure(PREFIX + entry, e);
          }
        }
        return null;
      }
    };
  }

  private static FileInfo info(String location, BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    return new FileInfo(
        location,
        attributes.size(),
        attributes.lastModifiedTime().toMillis(),
        key == null ? null : key.toString());
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }

  private static Path path(String location) throws IOException {
    if (!location.startsWith(PREFIX + "/")) {
      throw new IOException(location + ": is not a local file. Expected file:///path.");
    }
    try {
      return Path.of(location.substring(PREFIX.length()));
    } catch (InvalidPathException e) {
      throw new IOException(
          location.replace('\0', '?')
              + ": is no local path ("
              + e.getReason()
              + "). For names beyond ASCII the process needs a UTF-8 locale.",
          e);
    }
  }
}
