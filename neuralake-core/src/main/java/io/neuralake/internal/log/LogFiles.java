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
import java.util.NoSuchElementException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The files of a log as one snapshot reads them: a small file is fetched whole and not asked for
 * again, because the same commits are read for the schema and then for the files, and those that
 * come next are fetched beside each other. Thread-safe.
 */
final class LogFiles {

  private static final String POINTER = "/_delta_log/_last_checkpoint";

  /** Bytes of a file that is fetched whole. */
  private static final int SMALL_BYTES = 1 << 20;

  /** Far more than any snapshot needs; bounds the search for a checkpoint in a damaged log. */
  private static final int MOST_LISTINGS = 1_000;

  private final FileStore store;
  private final SmallFiles seen = new SmallFiles();
  private final ReadAhead ahead;
  private final AtomicReference<@Nullable Begun> begun = new AtomicReference<>();

  /** Commits of the last listing that have to be read for the newest schema, the newest first. */
  private final Deque<FileInfo> commits = new ArrayDeque<>();

  private final AtomicInteger listings = new AtomicInteger();

  /**
   * The files of one snapshot's log. No I/O.
   *
   * @param workers fetch what comes next
   */
  LogFiles(FileStore store, Executor workers) {
    this.store = store;
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
      content = seen.get(location);
    }
    return content == null && isSmall(size) ? fetch(location, size) : content;
  }

  private static boolean isSmall(long size) {
    return size > 0 && size <= SMALL_BYTES;
  }

  private byte[] fetch(String location, long size) throws IOException {
    try (RangeReader file = store.open(location, size)) {
      byte[] content = new byte[(int) size];
      file.readFully(0, content, 0, content.length);
      seen.put(location, content);
      return content;
    }
  }

  /** Says that files are about to be opened in this order. */
  void expect(Collection<FileStatus> files) {
    List<FileInfo> next = new ArrayList<>();
    for (FileStatus file : files) {
      String location = StoreFileIO.location(file.getPath());
      if (isSmall(file.getSize()) && seen.get(location) == null) {
        next.add(new FileInfo(location, file.getSize(), file.getModificationTime()));
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
        ahead.expect(commits.stream().filter(commit -> isSmall(commit.size())).toList());
        commits.clear();
      }
    }
  }

  /** Forgets a file, because it is about to be written. */
  void forget(String location) {
    seen.forget(location);
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
   * The file that names the newest checkpoint. It is a hint: if it cannot be read, which Kernel
   * would try for seconds, then the listing that follows does without it, or fails for the same
   * reason.
   */
  private byte[] pointer(String location) throws FileNotFoundException {
    try {
      byte[] content = store.read(location, SMALL_BYTES);
      prefetch(location, content);
      return content;
    } catch (FileNotFoundException e) {
      throw e;
    } catch (IOException e) {
      FileNotFoundException none = new FileNotFoundException(e.getMessage());
      none.initCause(e);
      throw none;
    }
  }

  /**
   * Begins the listing that Kernel asks for next, at the checkpoint that the pointer names. If it
   * is not there the pointer is left out: Kernel would look for an older one, a thousand versions
   * at a time, from wherever a damaged pointer sends it.
   */
  private void prefetch(String pointer, byte[] content) throws IOException {
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
      throw new FileNotFoundException(pointer + ": names a checkpoint that is not there");
    }
    begun.set(new Begun(from, files));
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
  private record Content(String location, byte[] bytes) implements RangeReader {
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
