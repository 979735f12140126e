package io.neuralake.internal.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/**
 * A file store whose every call is numbered and can fail as a plan says: before or after it took
 * effect, or by a simulated death of the process. As thread-safe as its plan.
 */
public final class FaultyFileStore implements FileStore {

  /** What happens to a call. */
  public enum Fault {
    NONE,
    /** An I/O error; nothing happened. */
    FAIL_BEFORE,
    /** It took effect, and its answer was lost. */
    FAIL_AFTER,
    /** It took effect, and a repeated request of the client saw its own success as a conflict. */
    EXISTS_AFTER,
    /** Refused by the storage; nothing happened. */
    DENIED,
    /** The process dies before it. */
    CRASH_BEFORE,
    /** The process dies after it took effect. */
    CRASH_AFTER,
    /** The process dies when every other file of a batch is deleted. */
    CRASH_IN_DELETE
  }

  /** The process died here. No code of the library may catch it and go on. */
  public static final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimulatedCrash(Call call) {
      super("crash at " + call);
    }
  }

  /**
   * One call.
   *
   * @param number counted from 1
   * @param operation name of the method
   * @param location of the file
   * @param content what is to be written; empty for other calls
   */
  public record Call(int number, String operation, String location, byte[] content) {

    /** Whether a version of a table is being committed. */
    public boolean isCommit() {
      return operation.equals("writeIfAbsent") && isCommitFile();
    }

    /** Whether the file is a commit file. */
    public boolean isCommitFile() {
      return location.matches(".*/_delta_log/\\d{20}\\.json");
    }

    @Override
    public String toString() {
      return operation + " #" + number + " of " + location;
    }
  }

  /** Decides each call's fate; may also do something, or throw, itself. */
  @FunctionalInterface
  public interface Plan {
    /** The fate of a call. */
    Fault at(Call call) throws IOException;
  }

  @FunctionalInterface
  private interface Body<T> {
    T run() throws IOException;
  }

  private static final byte[] NOTHING = new byte[0];

  private final FileStore inner;
  private volatile Plan plan;
  private int calls;

  public FaultyFileStore(FileStore inner, Plan plan) {
    this.inner = inner;
    this.plan = plan;
  }

  /** Follows another plan from now on. */
  public void follow(Plan newPlan) {
    this.plan = newPlan;
  }

  /** Lets everything succeed from now on. */
  public void heal() {
    follow(call -> Fault.NONE);
  }

  /** Calls so far. */
  public synchronized int calls() {
    return calls;
  }

  private synchronized int nextNumber() {
    return ++calls;
  }

  private <T> T call(String operation, String location, byte[] content, Body<T> body)
      throws IOException {
    return call(new Call(nextNumber(), operation, location, content), body);
  }

  private <T> T call(Call call, Body<T> body) throws IOException {
    Fault fault = plan.at(call);
    switch (fault) {
      case FAIL_BEFORE -> throw new IOException("injected failure before " + call);
      case DENIED -> throw new AccessDeniedException(call.location(), null, "injected refusal");
      case CRASH_BEFORE -> throw new SimulatedCrash(call);
      default -> {}
    }
    T result = body.run();
    switch (fault) {
      case FAIL_AFTER -> throw new IOException("injected failure after " + call);
      case EXISTS_AFTER -> throw new FileAlreadyExistsException(call.location());
      case CRASH_AFTER -> throw new SimulatedCrash(call);
      default -> {}
    }
    return result;
  }

  @Override
  public FileInfo stat(String location) throws IOException {
    return call("stat", location, NOTHING, () -> inner.stat(location));
  }

  @Override
  public Iterator<FileInfo> listFrom(String location) throws IOException {
    return call("listFrom", location, NOTHING, () -> inner.listFrom(location));
  }

  @Override
  public Iterator<FileInfo> listRecursively(String folder) throws IOException {
    return call("listRecursively", folder, NOTHING, () -> inner.listRecursively(folder));
  }

  @Override
  public List<Iterator<FileInfo>> listAll(String folder, List<String> cuts) throws IOException {
    return call("listAll", folder, NOTHING, () -> inner.listAll(folder, cuts));
  }

  @Override
  public Instant now(String folder) throws IOException {
    return call("now", folder, NOTHING, () -> inner.now(folder));
  }

  @Override
  public RangeReader open(String location, long size) throws IOException {
    RangeReader reader = call("open", location, NOTHING, () -> inner.open(location, size));
    return new RangeReader() {
      @Override
      public String location() {
        return reader.location();
      }

      @Override
      public long size() throws IOException {
        return reader.size();
      }

      @Override
      public void readFully(long position, byte[] target, int offset, int length)
          throws IOException {
        call(
            "readFully",
            location,
            NOTHING,
            () -> {
              reader.readFully(position, target, offset, length);
              return target;
            });
      }

      @Override
      public void close() throws IOException {
        reader.close();
      }
    };
  }

  @Override
  public byte[] read(String location, long maxBytes) throws IOException {
    return call("read", location, NOTHING, () -> inner.read(location, maxBytes));
  }

  @Override
  public FileSink create(String location) throws IOException {
    return new FaultySink(
        location, call("create", location, NOTHING, () -> inner.create(location)));
  }

  @Override
  public void write(String location, byte[] content) throws IOException {
    call(
        "write",
        location,
        content,
        () -> {
          inner.write(location, content);
          return content;
        });
  }

  @Override
  public void writeIfAbsent(String location, byte[] content) throws IOException {
    call(
        "writeIfAbsent",
        location,
        content,
        () -> {
          inner.writeIfAbsent(location, content);
          return content;
        });
  }

  @Override
  public void delete(Collection<String> locations) throws IOException {
    Call call = new Call(nextNumber(), "delete", String.join(",", locations), NOTHING);
    if (plan.at(call) == Fault.CRASH_IN_DELETE) {
      List<String> all = List.copyOf(locations);
      for (int i = 1; i < all.size(); i += 2) {
        inner.delete(List.of(all.get(i)));
      }
      throw new SimulatedCrash(call);
    }
    call(
        call,
        () -> {
          inner.delete(locations);
          return NOTHING;
        });
  }

  @Override
  public void close() {
    inner.close();
  }

  private final class FaultySink extends FileSink {
    private final String location;
    private final FileSink sink;
    private boolean closed;

    FaultySink(String location, FileSink sink) {
      this.location = location;
      this.sink = sink;
    }

    @Override
    public long position() {
      return sink.position();
    }

    @Override
    public void write(int b) throws IOException {
      sink.write(b);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      sink.write(source, offset, length);
    }

    @Override
    public void abort() {
      sink.abort();
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        call(
            "close",
            location,
            NOTHING,
            () -> {
              sink.close();
              return NOTHING;
            });
      }
    }
  }
}
