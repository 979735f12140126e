package io.neuralake.internal.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Ranged reads of a local file. An interrupt closes a channel under all its readers, so those that
 * were not interrupted open it again.
 */
final class LocalRangeReader implements RangeReader {
  private final String location;
  private final Path path;
  private final Object lock = new Object();
  private FileChannel channel;
  private boolean closed;

  private LocalRangeReader(String location, Path path, FileChannel channel) {
    this.location = location;
    this.path = path;
    this.channel = channel;
  }

  static LocalRangeReader open(String location, Path path) throws IOException {
    try {
      return new LocalRangeReader(location, path, FileChannel.open(path, StandardOpenOption.READ));
    } catch (IOException e) {
      throw LocalFileStore.failure(location, e);
    }
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public long size() throws IOException {
    return retried(FileChannel::size);
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (position < 0) {
      throw new IOException(location + ": negative position " + position + ".");
    }
    retried(
        open -> {
          ByteBuffer bytes = ByteBuffer.wrap(target, offset, length);
          while (bytes.hasRemaining()) {
            if (open.read(bytes, position + bytes.position() - offset) < 0) {
              throw new EOFException(
                  location + ": ends before byte " + (position + length) + ". It is cut short.");
            }
          }
          return length;
        });
  }

  @Override
  public void close() throws IOException {
    synchronized (lock) {
      closed = true;
      channel.close();
    }
  }

  private <T> T retried(Access<T> access) throws IOException {
    while (true) {
      FileChannel open = current();
      try {
        return access.on(open);
      } catch (ClosedByInterruptException e) {
        throw Interrupts.of(location, e);
      } catch (ClosedChannelException e) {
        Interrupts.check(location);
      }
    }
  }

  private FileChannel current() throws IOException {
    synchronized (lock) {
      if (closed) {
        throw new IOException(location + ": the reader is closed.");
      }
      if (!channel.isOpen()) {
        Interrupts.check(location);
        channel = FileChannel.open(path, StandardOpenOption.READ);
      }
      return channel;
    }
  }

  private interface Access<T> {
    T on(FileChannel channel) throws IOException;
  }
}
