package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.Locations;
import io.neuralake.internal.store.RangeReader;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The files of a log as one snapshot reads them: a small file is fetched whole and kept in the
 * lake's cache, because the same commits are read for the schema, then for the files, and again by
 * the next snapshot; and those that come next are fetched beside each other. Thread-safe.
 */
final class LogFiles {

  private static final String POINTER_NAME = "_last_checkpoint";
  private static final String POINTER = "/" + LogPaths.LOG_FOLDER + "/" + POINTER_NAME;

  /** Bytes of a file that is fetched whole. */
  private static final int SMALL_BYTES = 1 << 20;

  /** Far more than any snapshot needs; bounds the search for a checkpoint in a damaged log. */
  private static final int MOST_LISTINGS = 1_000;

  private final FileStore store;
  private final LogCache cache;
  private final ReadAhead ahead;
  private final AtomicReference<@Nullable Begun> begun = new AtomicReference<>();

  /** Commits of the last listing that have to be read for the newest schema, the newest first. */
  private final Deque<FileInfo> commits = new ArrayDeque<>();

  /** What the listings said of files. */
  private final Map<String, FileInfo> listed = new ConcurrentHashMap<>();

  private final AtomicInteger listings = new AtomicInteger();

  /** The checkpoint that the pointer named, or -1. */
  private volatile long pointed = -1;

  /**
   * The files of one snapshot's log. No I/O.
   *
   * @param workers fetch what comes next
   * @param cache what the lake's snapshots have read
   */
  LogFiles(FileStore store, Executor workers, LogCache cache) {
    this.store = store;
    this.cache = cache;
    this.ahead = new ReadAhead(workers, file -> fetch(file.location(), file.size()));
  }

  FileStore store() {
    return store;
  }

  /**
   * Opens a file.
   *
   * @param size bytes if known, else zero or less
   */
  RangeReader open(String location, long size) throws IOException {
    byte[] content = location.endsWith(POINTER) ? pointer(location) : small(location, size);
    return content == null
        ? store.open(location, size > 0 ? size : -1)
        : new Content(location, content);
  }

  private byte @Nullable [] small(String location, long size) throws IOException {
    byte[] content = ahead.take(location);
    if (content == null) {
      content = cached(location, size);
    }
    return content == null && isSmall(size) ? fetch(location, size) : content;
  }

  private byte @Nullable [] cached(String location, long size) {
    FileInfo file = identity(location, size);
    return file == null ? null : cache.get(file);
  }

  /** What tells the file from others of its name; null where nothing does. */
  private @Nullable FileInfo identity(String location, long size) {
    FileInfo file = listed.get(location);
    if (file == null && LogPaths.isSidecar(location)) {
      return new FileInfo(location, size, -1, null); // has a unique name and is never changed
    }
    return file != null && file.size() == size ? file : null;
  }

  private static boolean isSmall(long size) {
    return size > 0 && size <= SMALL_BYTES;
  }

  private byte[] fetch(String location, long size) throws IOException {
    try (RangeReader file = store.open(location, size)) {
      byte[] content = new byte[(int) size];
      file.readFully(0, content, 0, content.length);
      FileInfo read = identity(location, size);
      if (read != null) {
        cache.put(read, content);
      }
      return content;
    }
  }

  /** Says that files are about to be opened in this order. */
  void expect(Collection<FileStatus> files) {
    List<FileInfo> next = new ArrayList<>();
    for (FileStatus file : files) {
      String location = StoreFileIO.location(file.getPath());
      if (isSmall(file.getSize()) && cached(location, file.getSize()) == null) {
        next.add(new FileInfo(location, file.getSize(), file.getModificationTime(), null));
      }
    }
    ahead.expect(next);
  }

  /** Says that the schema is looked for in a file, and if it is a commit, in those before it. */
  void expectSchema(String location) {
    synchronized (commits) {
      if (commits.stream().anyMatch(commit -> commit.location().equals(location))) {
        while (!commits.remove().location().equals(location)) {
          // newer than the version that is being opened
        }
        ahead.expect(
            commits.stream()
                .filter(commit -> isSmall(commit.size()) && cache.get(commit) == null)
                .toList());
        commits.clear();
      }
    }
  }

  /**
   * Lists files of the log.
   *
   * @throws IOException if that was done so often that the log must be damaged
   */
  Iterator<FileInfo> listFrom(String from) throws IOException {
    if (listings.incrementAndGet() > MOST_LISTINGS) {
      throw new IOException(
          from + ": no complete checkpoint was found in " + MOST_LISTINGS + " listings.");
    }
    Begun before = begun.getAndSet(null);
    // A folder stands for all that is in it: no name that Delta uses sorts before "!".
    Iterator<FileInfo> files =
        before != null && before.from().equals(from)
            ? before.files()
            : store.listFrom(from.endsWith("/") ? from + "!" : from);
    synchronized (commits) {
      commits.clear();
    }
    return new Noting(files);
  }

  /**
   * The file that names the newest checkpoint, or what it said when a snapshot last read it: the
   * listing that follows begins there and shows what came since. It is a hint: if it cannot be
   * read, which Kernel would try for seconds, then the listing does without it, or fails for the
   * same reason.
   */
  private byte[] pointer(String location) throws FileNotFoundException {
    byte[] known = cache.pointer(location);
    if (known != null && known.length == 0) {
      throw new FileNotFoundException(location + ": was not there");
    }
    try {
      if (known != null && prefetch(location, known)) {
        return known;
      }
      byte[] content = read(location);
      if (!prefetch(location, content)) {
        throw new FileNotFoundException(location + ": names a checkpoint that is not there");
      }
      cache.putPointer(location, content);
      return content;
    } catch (FileNotFoundException e) {
      throw e;
    } catch (IOException e) {
      FileNotFoundException none = new FileNotFoundException(e.getMessage());
      none.initCause(e);
      throw none;
    }
  }

  private byte[] read(String pointer) throws IOException {
    try {
      return store.read(pointer, SMALL_BYTES);
    } catch (FileNotFoundException e) {
      cache.putPointer(pointer, null);
      throw e;
    }
  }

  /**
   * Begins the listing that Kernel asks for next, at the checkpoint that the pointer names.
   *
   * @return false if it is not there; then the pointer is left out: Kernel would look for an older
   *     one, a thousand versions at a time, from wherever a damaged pointer sends it
   */
  private boolean prefetch(String pointer, byte[] content) throws IOException {
    if (content.length == 0) {
      throw new FileNotFoundException(pointer + ": is empty");
    }
    JsonNode version;
    try {
      version = CommitJson.MAPPER.readTree(content).path("version");
    } catch (JsonProcessingException e) {
      throw new FileNotFoundException(pointer + ": is not JSON");
    }
    if (!version.canConvertToLong() || version.longValue() < 0) {
      throw new FileNotFoundException(pointer + ": names no version");
    }
    String name = LogPaths.versionDigits(version.longValue()) + ".";
    String from = Locations.child(Locations.parent(pointer), name);
    PeekingIterator files = new PeekingIterator(store.listFrom(from));
    FileInfo first = files.peek();
    if (first == null || !Locations.name(first.location()).startsWith(name + "checkpoint")) {
      return false;
    }
    pointed = version.longValue();
    begun.set(new Begun(from, files));
    return true;
  }

  private record Begun(String from, Iterator<FileInfo> files) {}

  /** An iterator whose next element can be looked at. */
  private static final class PeekingIterator implements Iterator<FileInfo> {
    private final Iterator<FileInfo> files;
    private @Nullable FileInfo head;

    PeekingIterator(Iterator<FileInfo> files) {
      this.files = files;
    }

    @Nullable FileInfo peek() {
      if (head == null && files.hasNext()) {
        head = files.next();
      }
      return head;
    }

    @Override
    public boolean hasNext() {
      return peek() != null;
    }

    @Override
    public FileInfo next() {
      FileInfo next = peek();
      if (next == null) {
        throw new NoSuchElementException();
      }
      head = null;
      return next;
    }
  }

  /**
   * A listing of which the commits are noted that no checkpoint, checksum or compacted commit
   * stands in for.
   */
  private final class Noting implements Iterator<FileInfo> {
    private final Iterator<FileInfo> files;
    private long standIn = -1;

    Noting(Iterator<FileInfo> files) {
      this.files = files;
    }

    @Override
    public boolean hasNext() {
      return files.hasNext();
    }

    @Override
    public FileInfo next() {
      FileInfo file = files.next();
      synchronized (commits) {
        if (LogPaths.commitVersion(file.location()) > standIn) {
          commits.push(file);
        }
        listed.put(file.location(), file);
        if (LogPaths.checkpointVersion(file.location()) > pointed) {
          String folder = Locations.parent(file.location());
          cache.forgetPointer(Locations.child(folder, POINTER_NAME));
        }
        long last = LogPaths.standsForCommitsTo(file.location());
        if (last > standIn) {
          standIn = last;
          commits.clear();
        }
      }
      return file;
    }
  }

  /** A file in memory. */
  record Content(String location, byte[] bytes) implements RangeReader {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length)
        throws EOFException {
      if (position < 0 || length > bytes.length - position) {
        throw new EOFException(location + ": ends before byte " + (position + length));
      }
      System.arraycopy(bytes, (int) position, target, offset, length);
    }

    @Override
    public void close() {}
  }
}
