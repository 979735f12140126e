package io.neuralake.internal.store;

import java.io.IOException;

/** Which dependency serves which scheme, for the message when it is missing. */
final class HadoopConnectors {
  private HadoopConnectors() {}

  static boolean isMissingClass(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof ClassNotFoundException || t instanceof NoClassDefFoundError) {
        return true;
      }
    }
    return false;
  }

  static IOException missing(String location, String scheme, Throwable cause) {
    return new IOException(
        location
            + ": no Hadoop connector for scheme '"
            + scheme
            + "' is on the class path. Add "
            + artifact(scheme)
            + ".",
        cause);
  }

  private static String artifact(String scheme) {
    return switch (scheme) {
      case "s3", "s3a" ->
          "org.apache.hadoop:hadoop-aws of the same version as hadoop-client-api (without"
              + " software.amazon.awssdk:bundle; with software.amazon.awssdk:s3,"
              + " s3-transfer-manager and apache-client), or leave s3a to the built-in S3 storage";
      case "abfs", "abfss", "wasb", "wasbs" ->
          "org.apache.hadoop:hadoop-azure of the same version as hadoop-client-api";
      case "gs" -> "com.google.cloud.bigdataoss:gcs-connector";
      case "hdfs", "viewfs" -> "org.apache.hadoop:hadoop-client-runtime";
      default ->
          "the connector that serves it, and set fs."
              + scheme
              + ".impl in the Hadoop"
              + " settings where it does not register itself; or correct the scheme";
    };
  }
}
