package io.neuralake.internal.store;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** The pending multipart uploads below a folder, page by page. */
final class S3Uploads extends LazyIterator<FileStore.Upload> {
  private final S3Clients clients;
  private final S3Failures failures;
  private final String folder;
  private final S3Location at;
  private Iterator<MultipartUpload> page = List.<MultipartUpload>of().iterator();
  private @Nullable String nextKey;
  private @Nullable String nextUpload;
  private boolean started;

  S3Uploads(S3Clients clients, S3Failures failures, String folder) throws IOException {
    this.clients = clients;
    this.failures = failures;
    this.folder = folder;
    this.at = S3Location.of(folder.endsWith("/") ? folder : folder + "/");
  }

  @Override
  FileStore.@Nullable Upload advance() throws IOException {
    while (true) {
      while (page.hasNext()) {
        MultipartUpload upload = page.next();
        // Some storages take no notice of the prefix.
        if (upload.key().startsWith(at.key()) && upload.initiated() != null) {
          return new FileStore.Upload(
              at.withKey(upload.key()), upload.uploadId(), upload.initiated().toEpochMilli());
        }
      }
      if (started && nextKey == null) {
        return null;
      }
      nextPage();
    }
  }

  private void nextPage() throws IOException {
    Interrupts.check(folder);
    String key = nextKey;
    String upload = nextUpload;
    ListMultipartUploadsResponse response;
    try {
      response =
          clients
              .repeating()
              .listMultipartUploads(
                  r ->
                      r.bucket(at.bucket())
                          .prefix(at.key())
                          .encodingType(EncodingType.URL)
                          .keyMarker(key)
                          .uploadIdMarker(upload));
    } catch (SdkException e) {
      throw failures.of(folder, e);
    }
    started = true;
    boolean more = Boolean.TRUE.equals(response.isTruncated());
    nextKey = more ? response.nextKeyMarker() : null;
    nextUpload = more ? response.nextUploadIdMarker() : null;
    if (nextKey != null && nextKey.equals(key) && String.valueOf(nextUpload).equals(upload)) {
      throw new IOException(folder + ": the storage repeats a page of its uploads without end.");
    }
    page = response.uploads().iterator();
  }
}
