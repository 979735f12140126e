package io.neuralake.internal.store;

import io.neuralake.storage.S3;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Error;

/**
 * Files on S3 through the AWS SDK: one request for each call, none to make sure. A location keeps
 * the scheme ({@code s3} or {@code s3a}) that it came with. Connections are made at first use.
 */
public final class S3FileStore implements FileStore {
  private static final int DELETE_BATCH = 1000;
  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;

  private final S3 settings;
  private final S3Clients clients;
  private final S3Failures failures;
  private final S3Bodies bodies;
  private final ConditionalPuts conditionalPuts;

  /**
   * Makes a store; no request is sent.
   *
   * @throws io.neuralake.error.InvalidRequestException if the settings do not fit together
   */
  public S3FileStore(S3 settings) {
    settings.validate();
    this.settings = settings;
    this.clients = new S3Clients(settings);
    this.failures = new S3Failures(clients.endpoint());
    this.bodies = new S3Bodies(clients, failures, settings.retries());
    this.conditionalPuts = new ConditionalPuts(clients, failures, settings.endpoint().isEmpty());
  }

  @Override
  public FileInfo stat(String location) throws IOException {
    S3Location at = S3Location.of(location);
    Interrupts.check(location);
    try {
      var head = clients.repeating().headObject(r -> r.bucket(at.bucket()).key(at.key()));
      return new FileInfo(
          location,
          head.contentLength(),
          head.lastModified().toEpochMilli(),
          S3Listing.tag(head.eTag()));
    } catch (SdkException e) {
      throw failures.of(location, e);
    }
  }

  @Override
  public Iterator<FileInfo> listFrom(String location) throws IOException {
    return S3Listing.from(clients, failures, location);
  }

  @Override
  public Iterator<FileInfo> listRecursively(String folder) throws IOException {
    return S3Listing.below(clients, failures, folder);
  }

  @Override
  public List<Iterator<FileInfo>> listAll(String folder, List<String> cuts) throws IOException {
    return S3Listing.below(clients, failures, folder, cuts);
  }

  /** By the header that every answer has. */
  @Override
  public Instant now(String folder) throws IOException {
    S3Location at = S3Location.of(folder);
    Interrupts.check(folder);
    try {
      var listed =
          clients.repeating().listObjectsV2(r -> r.bucket(at.bucket()).prefix(at.key()).maxKeys(1));
      String date = listed.sdkHttpResponse().firstMatchingHeader("Date").orElse("");
      return DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
    } catch (DateTimeException e) {
      throw new IOException(
          folder + ": the storage does not tell the time in its answers; it must, as S3 does.", e);
    } catch (SdkException e) {
      throw failures.of(folder, e);
    }
  }

  @Override
  public Iterator<Upload> uploads(String folder) throws IOException {
    return new S3Uploads(clients, failures, folder);
  }

  @Override
  public void abort(Upload upload) throws IOException {
    S3Location at = S3Location.of(upload.location());
    Interrupts.check(upload.location());
    try {
      clients
          .repeating()
          .abortMultipartUpload(r -> r.bucket(at.bucket()).key(at.key()).uploadId(upload.id()));
    } catch (SdkException e) {
      if (S3Failures.status(e) != NOT_FOUND) {
        throw failures.of(upload.location(), e);
      }
    }
  }

  @Override
  public RangeReader open(String location, long size) throws IOException {
    return new S3RangeReader(this, bodies, location, S3Location.of(location), size);
  }

  @Override
  public byte[] read(String location, long maxBytes) throws IOException {
    S3Location at = S3Location.of(location);
    int limit = (int) Math.min(maxBytes, Integer.MAX_VALUE - 16);
    var get = GetObjectRequest.builder().bucket(at.bucket()).key(at.key()).build();
    return bodies.get(
        location,
        get,
        response -> {
          Long length = response.contentLength();
          if (length == null) {
            throw new IOException(
                location + ": the storage does not tell its length; it must, as S3 does.");
          }
          if (length > limit) {
            throw SizeLimit.exceeded(location, limit);
          }
        },
        body -> body.readNBytes(limit));
  }

  @Override
  public FileSink create(String location) throws IOException {
    return new S3FileSink(clients, failures, settings, location, S3Location.of(location));
  }

  @Override
  public void write(String location, byte[] content) throws IOException {
    S3Location at = S3Location.of(location);
    Interrupts.check(location);
    var put = PutObjectRequest.builder().bucket(at.bucket()).key(at.key()).build();
    try {
      clients.repeating().putObject(put, bytes(content, 0, content.length));
    } catch (SdkException e) {
      throw failures.of(location, e);
    }
  }

  @Override
  public void writeIfAbsent(String location, byte[] content) throws IOException {
    S3Location at = S3Location.of(location);
    Interrupts.check(location);
    var put = PutObjectRequest.builder().bucket(at.bucket()).key(at.key()).ifNoneMatch("*").build();
    try {
      clients.single().putObject(put, bytes(content, 0, content.length));
    } catch (SdkException e) {
      throw switch (S3Failures.status(e)) {
        case PRECONDITION_FAILED -> exists(location, e);
        case CONFLICT ->
            new IOException(
                location + ": another conditional write of it was under way. Read it, or retry.",
                e);
        default -> failures.of(location, e);
      };
    }
  }

  @Override
  public void requireAtomicCreate(String location) throws IOException {
    Interrupts.check(location);
    conditionalPuts.require(S3Location.of(location));
  }

  @Override
  public void delete(Collection<String> locations) throws IOException {
    Map<String, List<ObjectIdentifier>> byRoot = new LinkedHashMap<>();
    for (String location : locations) {
      S3Location at = S3Location.of(location);
      byRoot
          .computeIfAbsent(at.root(), root -> new ArrayList<>())
          .add(ObjectIdentifier.builder().key(at.key()).build());
    }
    for (var bucket : byRoot.entrySet()) {
      List<ObjectIdentifier> keys = bucket.getValue();
      for (int from = 0; from < keys.size(); from += DELETE_BATCH) {
        int to = Math.min(from + DELETE_BATCH, keys.size());
        deleteBatch(S3Location.of(bucket.getKey()), keys.subList(from, to));
      }
    }
  }

  @Override
  public void close() {
    clients.close();
  }

  static RequestBody bytes(byte[] content, int offset, int length) {
    return RequestBody.fromContentProvider(
        () -> new ByteArrayInputStream(content, offset, length),
        length,
        "application/octet-stream");
  }

  private void deleteBatch(S3Location bucket, List<ObjectIdentifier> keys) throws IOException {
    Interrupts.check(bucket.root());
    var request =
        DeleteObjectsRequest.builder()
            .bucket(bucket.bucket())
            .delete(Delete.builder().objects(keys).quiet(true).build())
            .build();
    List<S3Error> errors;
    try {
      errors = clients.repeating().deleteObjects(request).errors();
    } catch (SdkException e) {
      throw failures.of(bucket.root(), e);
    }
    for (S3Error error : errors) {
      if (!"NoSuchKey".equals(error.code())) {
        throw new IOException(
            bucket.withKey(error.key())
                + ": not deleted ("
                + error.code()
                + ": "
                + error.message()
                + "), the first of "
                + errors.size()
                + " failures. Check what the credentials permit, then delete again.");
      }
    }
  }

  private static IOException exists(String location, SdkException e) {
    var exists = new FileAlreadyExistsException(location, null, "exists already");
    exists.initCause(e);
    return exists;
  }
}
