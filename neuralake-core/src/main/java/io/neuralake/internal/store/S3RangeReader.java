package io.neuralake.internal.store;

import java.io.EOFException;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** One GET with a range for each read. Holds no connection between reads. */
final class S3RangeReader implements RangeReader {
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final S3FileStore store;
  private final S3Bodies bodies;
  private final String location;
  private final S3Location at;
  private final AtomicLong size;

  S3RangeReader(S3FileStore store, S3Bodies bodies, String location, S3Location at, long size) {
    this.store = store;
    this.bodies = bodies;
    this.location = location;
    this.at = at;
    this.size = new AtomicLong(size);
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public long size() throws IOException {
    if (size.get() < 0) {
      size.set(store.stat(location).size());
    }
    return size.get();
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) throws IOException {
    if (readUpTo(position, target, offset, length) < length) {
      throw new EOFException(
          location + ": ends before byte " + (position + length) + ". It is cut short.");
    }
  }

  @Override
  public int readUpTo(long position, byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (position < 0) {
      throw new IOException(location + ": negative position " + position + ".");
    }
    if (length == 0) {
      return 0;
    }
    long end = Math.addExact(position, length);
    var get =
        GetObjectRequest.builder()
            .bucket(at.bucket())
            .key(at.key())
            .range("bytes=" + position + "-" + (end - 1))
            .build();
    try {
      return bodies.get(
          location,
          get,
          response -> checkRange(response.contentRange(), position),
          body -> body.readNBytes(target, offset, length));
    } catch (IOException e) {
      if (e.getCause() instanceof SdkException s && S3Failures.status(s) == RANGE_NOT_SATISFIABLE) {
        return 0;
      }
      throw e;
    }
  }

  @Override
  public void close() {}

  private void checkRange(@Nullable String range, long position) throws IOException {
    // An answer without a range is the whole file, which only suits a read from its start.
    boolean fits = range == null ? position == 0 : range.startsWith("bytes " + position + "-");
    if (!fits) {
      throw new IOException(
          location + ": the storage answered another range than was asked for (" + range + ").");
    }
  }
}
