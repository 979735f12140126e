package io.neuralake.benchmarks.common;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where a comparison ran.
 *
 * @param cpu model
 * @param cores that the JVM may use
 * @param memoryGiB of the machine or container
 * @param os name and version
 * @param java version and vendor
 * @param load of the machine when the comparison began: runnable threads, one-minute mean
 */
public record Machine(String cpu, int cores, long memoryGiB, String os, String java, double load) {

  public static Machine here() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Machine(
        cpuModel(),
        system.getAvailableProcessors(),
        Math.round(system.getTotalMemorySize() / (double) (1L << 30)),
        System.getProperty("os.name"),
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        Math.round(system.getSystemLoadAverage() * 10) / 10.0);
  }

  private static String cpuModel() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch"); // not Linux
    }
  }
}
