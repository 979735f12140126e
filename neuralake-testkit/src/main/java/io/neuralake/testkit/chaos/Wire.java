package io.neuralake.testkit.chaos;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/** One TCP connection. Used by one thread; only {@link #close()} may come from another. */
final class Wire implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;

  private final SocketChannel channel;
  private final InputStream in;
  private final OutputStream out;

  Wire(SocketChannel channel) throws IOException {
    this.channel = channel;
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    in = new BufferedInputStream(Channels.newInputStream(channel), BUFFER);
    out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
  }

  static Wire connect(InetSocketAddress address) throws IOException {
    return new Wire(SocketChannel.open(address));
  }

  InputStream in() {
    return in;
  }

  OutputStream out() {
    return out;
  }

  /**
   * Whether the other side has ended an idle connection: there is something to read, or its end.
   */
  boolean isStale() throws IOException {
    channel.configureBlocking(false);
    try {
      return channel.read(ByteBuffer.allocate(1)) != 0;
    } finally {
      channel.configureBlocking(true);
    }
  }

  /** Ends the connection so that the other side sees a reset, not an end. */
  void reset() throws IOException {
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    channel.close();
  }

  /**
   * Ends the sending side and waits for the other to end: closing with unread bytes would reset the
   * connection and could take the last response with it.
   */
  void finish() throws IOException {
    out.flush();
    channel.shutdownOutput();
    in.transferTo(OutputStream.nullOutputStream());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
