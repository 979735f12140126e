package io.neuralake.internal.store;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams to a temporary file that is renamed at close; or, where a stream can be aborted, straight
 * to the file itself.
 */
final class HadoopFileSink extends FileSink {
  private static final Logger LOG = LoggerFactory.getLogger(HadoopFileSink.class);

  private final String location;
  private final FSDataOutputStream out;
  private final FileSystem fs;
  private final Path target;
  private final @Nullable Path temporary;
  private long position;
  private boolean failed;
  private boolean closed;

  HadoopFileSink(
      String location,
      FSDataOutputStream out,
      FileSystem fs,
      Path target,
      @Nullable Path temporary) {
    this.location = location;
    this.out = out;
    this.fs = fs;
    this.target = target;
    this.temporary = temporary;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (closed || failed) {
      throw new IOException(location + ": the file was closed, aborted or failed before.");
    }
    try {
      out.write(bytes, offset, length);
      position += length;
    } catch (IOException e) {
      failed = true;
      throw HadoopFileStore.failure(location, e);
    }
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
    if (failed) {
      drop();
      throw new IOException(location + ": not published, as writing it failed before.");
    }
    try {
      if (temporary != null && out.hasCapability("hsync")) {
        out.hsync();
      }
      out.close();
      if (temporary != null) {
        publish(temporary);
      }
    } catch (IOException e) {
      IOException failure = HadoopFileStore.failure(location, e);
      drop();
      throw failure;
    }
  }

  private void publish(Path from) throws IOException {
    boolean renamed;
    try {
      renamed = fs.rename(from, target);
    } catch (FileAlreadyExistsException e) {
      LOG.debug("{} exists and is replaced", location);
      renamed = false;
    }
    if (!renamed) {
      Configuration configuration = fs.getConf();
      FileContext.getFileContext(fs.getUri(), configuration)
          .rename(from, target, Options.Rename.OVERWRITE);
    }
  }

  private void drop() {
    boolean interrupted = Thread.interrupted();
    try {
      if (temporary == null) {
        out.abort();
      } else {
        out.close();
        fs.delete(temporary, false);
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("{}: what was written could not be removed", location, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
