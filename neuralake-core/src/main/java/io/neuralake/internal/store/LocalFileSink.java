package io.neuralake.internal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Streams to a temporary file, which is synced and renamed at close. */
final class LocalFileSink extends FileSink {
  private static final Logger LOG = LoggerFactory.getLogger(LocalFileSink.class);
  private static final int BUFFER = 64 * 1024;

  /** After so many bytes the disk is told to begin with them, so that little is left at close. */
  private static final long FLUSHED_EARLY = 16L << 20;

  private final LocalFileStore store;
  private final String location;
  private final Path temporary;
  private final Path target;
  private final FileChannel channel;
  private final Executor workers;
  private final AtomicBoolean flushing = new AtomicBoolean();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private long position;
  private long unflushed;
  private boolean failed;
  private boolean closed;

  LocalFileSink(
      LocalFileStore store, String location, Path temporary, Path target, Executor workers)
      throws IOException {
    this.store = store;
    this.location = location;
    this.temporary = temporary;
    this.target = target;
    this.workers = workers;
    this.channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (closed || failed) {
      throw new IOException(location + ": the file was closed, aborted or failed before.");
    }
    if (length > buffer.remaining()) {
      drain(buffer.flip());
      buffer.clear();
    }
    if (length > buffer.remaining()) {
      drain(ByteBuffer.wrap(bytes, offset, length));
    } else {
      buffer.put(bytes, offset, length);
    }
    position += length;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void abort() {
    if (!closed) {
      closed = true;
      drop();
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (failed) {
        throw new IOException(location + ": not published, as writing it failed before.");
      }
      drain(buffer.flip());
      channel.force(true);
      channel.close();
      store.replace(location, temporary, target);
    } catch (IOException e) {
      drop();
      throw LocalFileStore.failure(location, e);
    }
  }

  private void drain(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        unflushed += channel.write(bytes);
      }
    } catch (IOException e) {
      failed = true;
      throw LocalFileStore.failure(location, e);
    }
    if (unflushed >= FLUSHED_EARLY && flushing.compareAndSet(false, true)) {
      unflushed = 0;
      try {
        workers.execute(this::flushEarly);
      } catch (RejectedExecutionException e) {
        flushing.set(false); // closing; close() waits for the disk alone
      }
    }
  }

  /** Waits for the disk beside the writer, through a channel that an interrupt may close. */
  private void flushEarly() {
    try (FileChannel own = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      own.force(false);
    } catch (IOException e) {
      // The file is gone already, or the disk fails, which close() will be told too.
      LOG.debug("{}: not flushed early: {}", location, e.toString());
    } finally {
      flushing.set(false);
    }
  }

  private void drop() {
    try {
      channel.close();
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      LOG.warn("{}: temporary file {} could not be removed", location, temporary, e);
    }
  }
}
