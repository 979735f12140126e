package io.neuralake.internal.store;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A lazy listing: a page of up to 1000 keys is asked for when the one before is used up. */
final class S3Listing extends LazyIterator<FileInfo> {
  private final S3Clients clients;
  private final S3Failures failures;
  private final S3Location folder;
  private final String firstKey;
  private final @Nullable String endKey;
  private final ListObjectsV2Request first;
  private Iterator<S3Object> page = List.<S3Object>of().iterator();
  private @Nullable String continuation;
  private boolean started;

  private S3Listing(
      S3Clients clients,
      S3Failures failures,
      S3Location folder,
      String firstKey,
      @Nullable String endKey,
      ListObjectsV2Request first) {
    this.clients = clients;
    this.failures = failures;
    this.folder = folder;
    this.firstKey = firstKey;
    this.endKey = endKey;
    this.first = first;
  }

  /** The files beside {@code location}, beginning with it. */
  static S3Listing from(S3Clients clients, S3Failures failures, String location)
      throws IOException {
    S3Location at = S3Location.of(location);
    var request = request(at, at.folder()).delimiter("/");
    if (at.key().length() > at.folder().length()) {
      request.startAfter(before(at.key()));
    }
    return new S3Listing(clients, failures, at, at.key(), null, request.build());
  }

  /** All files below {@code folder}. */
  static S3Listing below(S3Clients clients, S3Failures failures, String folder) throws IOException {
    S3Location at = S3Location.of(folder.endsWith("/") ? folder : folder + "/");
    return new S3Listing(clients, failures, at, at.key(), null, request(at, at.key()).build());
  }

  /** The same in parts: up to the first cut, from there to the second, and so on. */
  static List<Iterator<FileInfo>> below(
      S3Clients clients, S3Failures failures, String folder, List<String> cuts) throws IOException {
    S3Location at = S3Location.of(folder.endsWith("/") ? folder : folder + "/");
    List<Iterator<FileInfo>> parts = new ArrayList<>();
    for (int i = 0; i <= cuts.size(); i++) {
      var request = request(at, at.key());
      String from = i == 0 ? at.key() : at.key() + cuts.get(i - 1);
      if (i > 0) {
        request.startAfter(before(from));
      }
      String end = i == cuts.size() ? null : at.key() + cuts.get(i);
      parts.add(new S3Listing(clients, failures, at, from, end, request.build()));
    }
    return parts;
  }

  @Override
  @Nullable FileInfo advance() throws IOException {
    while (true) {
      while (page.hasNext()) {
        S3Object object = page.next();
        String key = object.key();
        if (endKey != null && NameOrder.UTF_8.compare(key, endKey) >= 0) {
          page = List.<S3Object>of().iterator();
          started = true;
          continuation = null;
          return null;
        }
        // Keys with a final slash are folder markers of other tools.
        if (!key.endsWith("/") && NameOrder.UTF_8.compare(key, firstKey) >= 0) {
          Instant modified = object.lastModified() == null ? Instant.EPOCH : object.lastModified();
          return new FileInfo(
              folder.withKey(key), object.size(), modified.toEpochMilli(), tag(object.eTag()));
        }
      }
      if (started && continuation == null) {
        return null;
      }
      nextPage();
    }
  }

  private void nextPage() throws IOException {
    Interrupts.check(folder.withKey(firstKey));
    String previous = continuation;
    ListObjectsV2Request request =
        previous == null
            ? first
            : first.toBuilder().startAfter(null).continuationToken(previous).build();
    ListObjectsV2Response response;
    try {
      response = clients.repeating().listObjectsV2(request);
    } catch (SdkException e) {
      throw failures.of(folder.withKey(firstKey), e);
    }
    started = true;
    continuation =
        Boolean.TRUE.equals(response.isTruncated()) ? response.nextContinuationToken() : null;
    if (continuation != null && continuation.equals(previous)) {
      throw new IOException(
          folder.withKey(firstKey) + ": the storage repeats a page of its listing without end.");
    }
    page = response.contents().iterator();
  }

  private static ListObjectsV2Request.Builder request(S3Location at, String prefix) {
    // URL encoding, as XML cannot carry every character of a key; the SDK decodes it.
    return ListObjectsV2Request.builder()
        .bucket(at.bucket())
        .prefix(prefix)
        .encodingType(EncodingType.URL);
  }

  /** An ETag as a tag. */
  static @Nullable String tag(@Nullable String etag) {
    return etag == null ? null : etag.replace("\"", "");
  }

  /**
   * A key a little smaller than the given one, as {@code start-after} excludes its key: all but the
   * last character. The few keys between the two are filtered out.
   */
  private static String before(String key) {
    return key.substring(0, key.offsetByCodePoints(key.length(), -1));
  }
}
