package io.neuralake.testkit.audit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** A table in a bucket. */
record S3Files(S3Client client, String bucket, String prefix) implements TableFiles {

  @Override
  public String location() {
    return "s3://" + bucket + "/" + prefix;
  }

  private String root() {
    return prefix.isEmpty() ? "" : prefix + "/";
  }

  @Override
  public List<StoredFile> list() throws IOException {
    try {
      return client.listObjectsV2Paginator(r -> r.bucket(bucket).prefix(root())).contents().stream()
          .filter(object -> !object.key().endsWith("/"))
          .map(
              object ->
                  new StoredFile(
                      object.key().substring(root().length()),
                      object.size(),
                      object.lastModified()))
          .toList();
    } catch (SdkException e) {
      throw new IOException(location() + " cannot be listed: " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] read(String path) throws IOException {
    String name = LogPaths.normal(path);
    String from = bucket;
    String key = root() + name;
    if (name.startsWith("s3://")) {
      int slash = name.indexOf('/', "s3://".length());
      from = name.substring("s3://".length(), slash < 0 ? name.length() : slash);
      key = slash < 0 ? "" : name.substring(slash + 1);
    } else if (LogPaths.isAbsolute(name)) {
      throw new IOException(path + " is not on S3");
    }
    String wanted = key;
    String there = from;
    try {
      return client.getObjectAsBytes(r -> r.bucket(there).key(wanted)).asByteArray();
    } catch (NoSuchKeyException e) {
      throw (IOException) new FileNotFoundException(path + " does not exist").initCause(e);
    } catch (SdkException e) {
      throw new IOException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public List<String> unfinishedUploads() throws IOException {
    try {
      return client.listMultipartUploads(r -> r.bucket(bucket).prefix(root())).uploads().stream()
          .map(MultipartUpload::key)
          .filter(key -> key.startsWith(root()))
          .map(key -> key.substring(root().length()))
          .toList();
    } catch (SdkException e) {
      throw new IOException("Uploads to " + location() + " cannot be listed", e);
    }
  }
}
