package io.neuralake.benchmarks.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts the driver of {@code interop/spark-driver}, whose documentation lists its requests. */
public final class SparkProcess {
  private static final String MARKER = "@@neuralake-spark@@ ";

  /** What Spark needs to be open on Java 17, from its {@code JavaModuleOptions}. */
  private static final List<String> OPEN_PACKAGES =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "jdk.internal.ref",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  private SparkProcess() {}

  /**
   * Starts Spark and waits until it is up.
   *
   * @param heap as {@code -Xmx} takes it
   * @param classPath the file in which the class path of the driver stands
   * @param scratch folder for Spark's own files
   * @param log takes what it prints
   * @param limit after which it is ended, whatever it does
   */
  public static JsonProcess start(
      String heap, Path classPath, Path scratch, Path log, Duration limit) throws IOException {
    Files.createDirectories(scratch);
    List<String> arguments = new ArrayList<>();
    OPEN_PACKAGES.forEach(name -> arguments.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
    arguments.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "-Djdk.reflect.useDirectMethodHandle=false",
            "-Dio.netty.tryReflectionSetAccessible=true",
            "-Dderby.system.home=" + scratch,
            "-Djava.io.tmpdir=" + scratch,
            "-Xmx" + heap,
            "-cp",
            Files.readString(classPath).strip(),
            "io.neuralake.interop.spark.SparkDriver",
            scratch.toString()));
    return new JsonProcess(log, MARKER, limit, arguments);
  }
}
