package io.neuralake.internal.store;

import java.io.EOFException;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** One GET with a range for each read. Holds no connection between reads. */
final class S3RangeReader implements RangeReader {
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final S3Clients clients;
  private final S3Failures failures;
  private final String location;
  private final S3Location at;
  private final AtomicLong size;

  S3RangeReader(
      S3Clients clients, S3Failures failures, String location, S3Location at, long size) {
    this.clients = clients;
    this.failures = failures;
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
      Interrupts.check(location);
      try {
        var head = clients.repeating().headObject(r -> r.bucket(at.bucket()).key(at.key()));
        size.set(head.contentLength());
      } catch (SdkException e) {
        throw failures.of(location, e);
      }
    }
    return size.get();
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (position < 0) {
      throw new IOException(location + ": negative position " + position + ".");
    }
    if (length == 0) {
      return;
    }
    Interrupts.check(location);
    long end = Math.addExact(position, length);
    var get =
        GetObjectRequest.builder()
            .bucket(at.bucket())
            .key(at.key())
            .range("bytes=" + position + "-" + (end - 1))
            .build();
    try (ResponseInputStream<GetObjectResponse> body = clients.repeating().getObject(get)) {
      checkRange(body, position);
      int got = body.readNBytes(target, offset, length);
      if (got < length) {
        throw endsBefore(end);
      }
    } catch (SdkException e) {
      throw S3Failures.status(e) == RANGE_NOT_SATISFIABLE
          ? endsBefore(end)
          : failures.of(location, e);
    }
  }

  @Override
  public void close() {}

  private void checkRange(ResponseInputStream<GetObjectResponse> body, long position)
      throws IOException {
    String range = body.response().contentRange();
    // An answer without a range is the whole file, which only suits a read from its start.
    boolean fits = range == null ? position == 0 : range.startsWith("bytes " + position + "-");
    if (!fits) {
      body.abort();
      throw new IOException(
          location + ": the storage answered another range than was asked for (" + range + ").");
    }
  }

  private EOFException endsBefore(long end) {
    return new EOFException(location + ": ends before byte " + end + ". It is cut short.");
  }
}
