package io.neuralake.internal.store;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A file store in memory, for tests. Thread-safe. Time counts one millisecond per written file,
 * unless a clock gives it.
 */
public final class InMemoryFileStore implements FileStore {
  private record Content(byte[] bytes, long modifiedMillis) {}

  private final ConcurrentSkipListMap<String, Content> files =
      new ConcurrentSkipListMap<>(
          (a, b) ->
              Arrays.compareUnsigned(
                  a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
  private final AtomicLong clock = new AtomicLong();
  private volatile LongSupplier time = clock::incrementAndGet;
  private final AtomicLong rangeReads = new AtomicLong();

  /** How many ranges were read from opened files so far: what an object store would charge. */
  public long rangeReads() {
    return rangeReads.get();
  }

  /** Files that are written from now on have this time, in milliseconds since the epoch. */
  public void time(LongSupplier millis) {
    this.time = millis;
  }

  /** Another store with the same files. */
  public InMemoryFileStore copy() {
    InMemoryFileStore copy = new InMemoryFileStore();
    copy.files.putAll(files);
    copy.clock.set(clock.get());
    return copy;
  }

  /** The locations of all files. */
  public List<String> locations() {
    return List.copyOf(files.keySet());
  }

  private Content content(String location) throws FileNotFoundException {
    Content content = files.get(location);
    if (content == null) {
      throw new FileNotFoundException(location + ": no such file");
    }
    return content;
  }

  @Override
  public FileInfo stat(String location) throws IOException {
    return info(location, content(location));
  }

  private static FileInfo info(String location, Content content) {
    return new FileInfo(location, content.bytes().length, content.modifiedMillis(), null);
  }

  @Override
  public Iterator<FileInfo> listFrom(String location) {
    String folder = location.substring(0, location.lastIndexOf('/') + 1);
    return files.tailMap(location, true).entrySet().stream()
        .takeWhile(e -> e.getKey().startsWith(folder))
        .filter(e -> e.getKey().indexOf('/', folder.length()) < 0)
        .map(e -> info(e.getKey(), e.getValue()))
        .iterator();
  }

  @Override
  public Iterator<FileInfo> listRecursively(String folder) {
    String prefix = folder.endsWith("/") ? folder : folder + "/";
    return files.tailMap(prefix, true).entrySet().stream()
        .takeWhile(e -> e.getKey().startsWith(prefix))
        .map(e -> info(e.getKey(), e.getValue()))
        .iterator();
  }

  @Override
  public List<Iterator<FileInfo>> listAll(String folder, List<String> cuts) {
    return List.of(listRecursively(folder));
  }

  @Override
  public Instant now(String folder) {
    return Instant.ofEpochMilli(time.getAsLong());
  }

  @Override
  public RangeReader open(String location, long size) throws IOException {
    byte[] bytes = content(location).bytes();
    return new RangeReader() {
      @Override
      public String location() {
        return location;
      }

      @Override
      public long size() {
        return size < 0 ? bytes.length : size;
      }

      @Override
      public void readFully(long position, byte[] target, int offset, int length)
          throws IOException {
        rangeReads.incrementAndGet();
        if (position < 0 || position + length > bytes.length) {
          throw new EOFException(location + ": the file has only " + bytes.length + " bytes");
        }
        System.arraycopy(bytes, (int) position, target, offset, length);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public byte[] read(String location, long maxBytes) throws IOException {
    byte[] bytes = content(location).bytes();
    if (bytes.length > maxBytes) {
      throw new IOException(location + ": more than " + maxBytes + " bytes");
    }
    return bytes.clone();
  }

  @Override
  public FileSink create(String location) {
    return new Sink(location);
  }

  @Override
  public void write(String location, byte[] content) {
    files.put(location, new Content(content.clone(), time.getAsLong()));
  }

  @Override
  public void writeIfAbsent(String location, byte[] content) throws IOException {
    Content fresh = new Content(content.clone(), time.getAsLong());
    if (files.putIfAbsent(location, fresh) != null) {
      throw new FileAlreadyExistsException(location);
    }
  }

  @Override
  public void delete(Collection<String> locations) {
    locations.forEach(files::remove);
  }

  @Override
  public void close() {}

  private final class Sink extends FileSink {
    private final String location;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean done;

    Sink(String location) {
      this.location = location;
    }

    @Override
    public long position() {
      return bytes.size();
    }

    @Override
    public void write(int b) {
      bytes.write(b);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      bytes.write(source, offset, length);
    }

    @Override
    public void abort() {
      done = true;
    }

    @Override
    public void close() {
      if (!done) {
        done = true;
        InMemoryFileStore.this.write(location, bytes.toByteArray());
      }
    }
  }
}
