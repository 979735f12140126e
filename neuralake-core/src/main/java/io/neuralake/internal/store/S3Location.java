package io.neuralake.internal.store;

import java.io.IOException;

/**
 * A bucket and a key.
 *
 * @param root {@code scheme://bucket}, in the scheme that the user chose
 * @param bucket the bucket
 * @param key raw, without a leading slash; may be empty
 */
record S3Location(String root, String bucket, String key) {

  static S3Location of(String location) throws IOException {
    int start = location.indexOf("://");
    if (start < 0 || !Locations.isS3(location.substring(0, start))) {
      throw new IOException(location + ": is not on S3. Expected s3://bucket/key.");
    }
    int slash = location.indexOf('/', start + 3);
    int end = slash < 0 ? location.length() : slash;
    String bucket = location.substring(start + 3, end);
    if (bucket.isEmpty()) {
      throw new IOException(location + ": names no bucket. Expected s3://bucket/key.");
    }
    String key = slash < 0 ? "" : location.substring(slash + 1);
    return new S3Location(location.substring(0, end), bucket, key);
  }

  /** The key's folder with its trailing slash; empty at the top of the bucket. */
  String folder() {
    return key.substring(0, key.lastIndexOf('/') + 1);
  }

  String withKey(String other) {
    return root + "/" + other;
  }
}
