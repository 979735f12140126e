package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.defaults.engine.fileio.FileIO;
import io.delta.kernel.defaults.engine.fileio.InputFile;
import io.delta.kernel.defaults.engine.fileio.OutputFile;
import io.delta.kernel.defaults.engine.fileio.PositionOutputStream;
import io.delta.kernel.defaults.engine.fileio.SeekableInputStream;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.FileSink;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.Locations;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets Kernel read and write through a {@link FileStore}: no probes, no folder markers, one request
 * for a small file. Made for one snapshot: a small file that was read once is not asked for again,
 * because Kernel reads the same commits for the schema and then for the files, and a checkpoint's
 * footer twice. Thread-safe.
 */
final class StoreFileIO implements FileIO {

  private static final String POINTER = "/_delta_log/_last_checkpoint";
  private static final long POINTER_BYTES = 1 << 20;

  /** Far above any real action; bounds what a damaged file can make Kernel hold. */
  private static final long MOST_LINE_BYTES = 64L << 20;

  /** Far more than any snapshot needs; bounds the search for a checkpoint in a damaged log. */
  private static final int MOST_LISTINGS = 1_000;

  private final FileStore store;
  private final SmallFiles seen = new SmallFiles();
  private final AtomicReference<@Nullable Begun> begun = new AtomicReference<>();
  private final AtomicInteger listings = new AtomicInteger();

  private final BooleanSupplier complete;

  StoreFileIO(FileStore store) {
    this(store, () -> true);
  }

  /**
   * Makes one whose files are dropped rather than published where they are not complete.
   *
   * @param complete asked when a file is closed
   */
  StoreFileIO(FileStore store, BooleanSupplier complete) {
    this.store = store;
    this.complete = complete;
  }

  @Override
  public CloseableIterator<FileStatus> listFrom(String filePath) throws IOException {
    // A folder stands for all that is in it: no name that Delta uses sorts before "!".
    String from = location(filePath);
    Begun ahead = begun.getAndSet(null);
    if (listings.incrementAndGet() > MOST_LISTINGS) {
      throw new IOException(
          filePath + ": no complete checkpoint was found in " + MOST_LISTINGS + " listings.");
    }
    Iterator<FileInfo> files =
        ahead != null && ahead.from().equals(from)
            ? ahead.files()
            : store.listFrom(from.endsWith("/") ? from + "!" : from);
    return new CloseableIterator<>() {
      @Override
      public boolean hasNext() {
        return files.hasNext();
      }

      @Override
      public FileStatus next() {
        return status(files.next());
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public FileStatus getFileStatus(String path) throws IOException {
    return status(store.stat(location(path)));
  }

  /** Kernel's paths, like Hadoop's, name local files with one slash. */
  private static String location(String kernelPath) {
    return kernelPath.startsWith("file:/") && !kernelPath.startsWith("file://")
        ? "file://" + kernelPath.substring("file:".length())
        : kernelPath;
  }

  private static FileStatus status(FileInfo info) {
    String location = info.location();
    String kernelPath = location.startsWith("file://") ? "file:" + location.substring(7) : location;
    return FileStatus.of(kernelPath, info.size(), info.modifiedMillis());
  }

  @Override
  public String resolvePath(String path) {
    return path;
  }

  /** Stores create parents by themselves. */
  @Override
  public boolean mkdirs(String path) {
    return true;
  }

  @Override
  public InputFile newInputFile(String path, long fileSize) {
    return new InputFile() {
      @Override
      public long length() throws IOException {
        return fileSize >= 0 ? fileSize : store.stat(location(path)).size();
      }

      @Override
      public String path() {
        return path;
      }

      @Override
      public SeekableInputStream newStream() throws IOException {
        String location = location(path);
        if (location.endsWith(POINTER)) {
          return pointer(location);
        }
        byte[] content = seen.get(location);
        if (content != null) {
          return new WindowedStream(content, location);
        }
        // Kernel says 0 where it does not know the size.
        long size = fileSize > 0 ? fileSize : -1;
        WindowedStream stream =
            new WindowedStream(
                store.open(location, size), size, whole -> seen.put(location, whole));
        return location.endsWith(".json")
            ? new BoundedLines(stream, location, MOST_LINE_BYTES)
            : stream;
      }
    };
  }

  /**
   * The file that names the newest checkpoint. It is a hint: if it cannot be read, which Kernel
   * would try for seconds, then the listing that follows does without it, or fails for the same
   * reason.
   */
  private SeekableInputStream pointer(String location) throws FileNotFoundException {
    try {
      byte[] content = store.read(location, POINTER_BYTES);
      prefetch(location, content);
      return new WindowedStream(content, location);
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

  @Override
  public OutputFile newOutputFile(String path) {
    return new OutputFile() {
      @Override
      public String path() {
        return path;
      }

      @Override
      public PositionOutputStream create(boolean atomicWrite) throws IOException {
        seen.forget(location(path));
        return new SinkStream(store.create(location(path)), complete);
      }

      @Override
      public void writeAtomically(CloseableIterator<String> data, boolean overwrite)
          throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (data) {
          while (data.hasNext()) {
            bytes.write(data.next().getBytes(StandardCharsets.UTF_8));
            bytes.write('\n');
          }
        }
        seen.forget(location(path));
        if (overwrite) {
          store.write(location(path), bytes.toByteArray());
        } else {
          store.writeIfAbsent(location(path), bytes.toByteArray());
        }
      }
    };
  }

  @Override
  public boolean delete(String path) throws IOException {
    store.delete(List.of(location(path)));
    return true;
  }

  @Override
  public Optional<String> getConf(String confKey) {
    return Optional.empty();
  }

  /** Only catalog-managed tables, which neuralake refuses, publish commits by copying. */
  @Override
  public void copyFileAtomically(String srcPath, String destPath, boolean overwrite)
      throws IOException {
    byte[] content = store.read(location(srcPath), Integer.MAX_VALUE);
    if (overwrite) {
      store.write(location(destPath), content);
    } else {
      store.writeIfAbsent(location(destPath), content);
    }
  }

  private static final class SinkStream extends PositionOutputStream {
    private final FileSink sink;
    private final BooleanSupplier complete;
    private boolean failed;

    SinkStream(FileSink sink, BooleanSupplier complete) {
      this.sink = sink;
      this.complete = complete;
    }

    @Override
    public long getPos() {
      return sink.position();
    }

    @Override
    public void write(int b) throws IOException {
      failed = true;
      sink.write(b);
      failed = false;
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
      failed = true;
      sink.write(b, off, len);
      failed = false;
    }

    @Override
    public void close() throws IOException {
      if (failed || !complete.getAsBoolean()) {
        sink.abort();
      } else {
        sink.close();
      }
    }
  }
}
