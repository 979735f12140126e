package io.neuralake.internal.store;

import io.neuralake.storage.S3;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Buffers up to the multipart threshold; then uploads in parts. A smaller file is a single put. */
final class S3FileSink extends FileSink {
  private static final Logger LOG = LoggerFactory.getLogger(S3FileSink.class);
  private static final int FIRST_BUFFER = 64 * 1024;
  private static final int MOST_PARTS = 10_000;

  private final S3Clients clients;
  private final S3Failures failures;
  private final String location;
  private final S3Location at;
  private final int partSize;
  private final int threshold;
  private final List<CompletedPart> parts = new ArrayList<>();
  private byte[] buffer = new byte[FIRST_BUFFER];
  private int buffered;
  private long position;
  private @Nullable String upload;
  private boolean failed;
  private boolean closed;

  S3FileSink(S3Clients clients, S3Failures failures, S3 settings, String location, S3Location at) {
    this.clients = clients;
    this.failures = failures;
    this.location = location;
    this.at = at;
    this.partSize = Math.toIntExact(settings.partSize());
    this.threshold = Math.toIntExact(settings.multipartThreshold());
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
    int from = offset;
    int left = length;
    while (left > 0) {
      int limit = upload == null ? threshold : partSize;
      if (buffered >= limit) {
        uploadFullParts();
        limit = partSize;
      }
      int taken = Math.min(left, limit - buffered);
      makeRoom(taken, limit);
      System.arraycopy(bytes, from, buffer, buffered, taken);
      buffered += taken;
      from += taken;
      left -= taken;
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
      dropUpload();
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (failed) {
      dropUpload();
      throw new IOException(location + ": not published, as uploading it failed before.");
    }
    try {
      Interrupts.check(location);
      if (upload == null) {
        var put = PutObjectRequest.builder().bucket(at.bucket()).key(at.key()).build();
        clients.repeating().putObject(put, S3FileStore.bytes(buffer, 0, buffered));
      } else {
        if (buffered > 0) {
          uploadPart(0, buffered);
        }
        complete(upload);
      }
    } catch (SdkException e) {
      IOException failure = failures.of(location, e);
      dropUpload();
      throw failure;
    } catch (IOException e) {
      dropUpload();
      throw e;
    } finally {
      buffer = new byte[0];
    }
  }

  /** Uploads what fills whole parts and moves the rest to the front. */
  private void uploadFullParts() throws IOException {
    try {
      Interrupts.check(location);
      if (upload == null) {
        upload =
            clients
                .repeating()
                .createMultipartUpload(r -> r.bucket(at.bucket()).key(at.key()))
                .uploadId();
      }
      int sent = 0;
      while (buffered - sent >= partSize) {
        uploadPart(sent, partSize);
        sent += partSize;
      }
      System.arraycopy(buffer, sent, buffer, 0, buffered - sent);
      buffered -= sent;
    } catch (SdkException e) {
      failed = true;
      throw failures.of(location, e);
    } catch (IOException e) {
      failed = true;
      throw e;
    }
  }

  private void uploadPart(int offset, int length) throws IOException {
    int number = parts.size() + 1;
    if (number > MOST_PARTS) {
      throw new IOException(
          location
              + ": needs more than "
              + MOST_PARTS
              + " parts of "
              + partSize
              + " bytes. Write smaller files, or raise the part size in the S3 settings.");
    }
    var request =
        UploadPartRequest.builder()
            .bucket(at.bucket())
            .key(at.key())
            .uploadId(upload)
            .partNumber(number)
            .build();
    String tag =
        clients.repeating().uploadPart(request, S3FileStore.bytes(buffer, offset, length)).eTag();
    parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
  }

  private void complete(String id) {
    clients
        .repeating()
        .completeMultipartUpload(
            r ->
                r.bucket(at.bucket())
                    .key(at.key())
                    .uploadId(id)
                    .multipartUpload(m -> m.parts(parts)));
  }

  /**
   * Frees the parts, which the storage would otherwise keep and charge for; even if interrupted.
   */
  private void dropUpload() {
    buffer = new byte[0];
    String id = upload;
    if (id == null) {
      return;
    }
    upload = null;
    boolean interrupted = Thread.interrupted();
    try {
      clients
          .repeating()
          .abortMultipartUpload(r -> r.bucket(at.bucket()).key(at.key()).uploadId(id));
    } catch (SdkException | IllegalStateException e) {
      LOG.warn(
          "{}: multipart upload {} could not be aborted; a lifecycle rule of the bucket should"
              + " remove its parts",
          location,
          id,
          e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void makeRoom(int more, int limit) {
    if (buffer.length - buffered < more) {
      int doubled = (int) Math.min((long) buffer.length * 2, limit);
      buffer = Arrays.copyOf(buffer, Math.max(doubled, buffered + more));
    }
  }
}
