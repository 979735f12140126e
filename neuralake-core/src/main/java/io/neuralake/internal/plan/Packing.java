package io.neuralake.internal.plan;

import io.neuralake.internal.meta.TableProperties;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which files are written again together. Immutable.
 *
 * @param targetBytes size of new files; 0 for what the table says
 * @param minBytes files below it are small; -1 for three quarters of the target
 * @param minFiles a group of fewer files stays as it is, unless rows are purged from one of them
 * @param sizeRatio a file stays out of a group whose other files come to less than this share of it
 * @param purgeRatio files with a larger share of deleted rows are written again
 */
public record Packing(
    long targetBytes, long minBytes, int minFiles, double sizeRatio, double purgeRatio) {

  /** As Spark does it. */
  public static final Packing DEFAULT = new Packing(0, -1, 2, 0, 0.05);

  private static final long DEFAULT_TARGET_BYTES = 128L << 20;

  /** Sizes filled in by what a table says. */
  Packing in(TableProperties properties) {
    long target =
        targetBytes > 0 ? targetBytes : properties.targetFileSize().orElse(DEFAULT_TARGET_BYTES);
    return new Packing(
        target, minBytes < 0 ? target / 4 * 3 : minBytes, minFiles, sizeRatio, purgeRatio);
  }

  /** The files of one partition that are worth it, in groups of about the target's size each. */
  List<List<PlannedFile>> groups(List<PlannedFile> files) {
    List<PlannedFile> candidates =
        files.stream().filter(file -> file.file().size() < minBytes || purges(file)).toList();
    List<List<PlannedFile>> groups = new ArrayList<>();
    for (List<PlannedFile> partition : partitions(candidates)) {
      // Neighbours in time stay together: what their statistics rule out, the new file's do too.
      partition.sort(
          Comparator.comparingLong((PlannedFile f) -> f.file().modificationTime())
              .thenComparing(f -> f.file().path()));
      for (Bin bin : bins(partition)) {
        List<PlannedFile> worth = worth(bin);
        if (!worth.isEmpty()) {
          groups.add(worth);
        }
      }
    }
    return groups;
  }

  /** All files, partition by partition. */
  static List<List<PlannedFile>> partitions(List<PlannedFile> files) {
    Map<Map<String, @Nullable String>, List<PlannedFile>> partitions = new LinkedHashMap<>();
    for (PlannedFile file : files) {
      partitions.computeIfAbsent(file.file().partitionValues(), key -> new ArrayList<>()).add(file);
    }
    return List.copyOf(partitions.values());
  }

  private boolean purges(PlannedFile file) {
    if (file.file().deletionVector() == null) {
      return false;
    }
    long deleted = file.file().deletionVector().cardinality();
    long live = file.liveRows();
    return live < 0 || deleted > purgeRatio * (live + deleted);
  }

  /** First fit; a bin with hardly any room left is full. */
  private List<Bin> bins(List<PlannedFile> files) {
    List<Bin> bins = new ArrayList<>();
    List<Bin> open = new ArrayList<>();
    for (PlannedFile file : files) {
      Bin bin =
          open.stream()
              .filter(b -> b.bytes + file.file().size() <= targetBytes)
              .findFirst()
              .orElse(null);
      if (bin == null) {
        bin = new Bin();
        bins.add(bin);
        open.add(bin);
      }
      bin.files.add(file);
      bin.bytes += file.file().size();
      if (bin.bytes >= targetBytes / 16 * 15) {
        open.remove(bin);
      }
    }
    return bins;
  }

  private List<PlannedFile> worth(Bin bin) {
    List<PlannedFile> files = new ArrayList<>(bin.files);
    long bytes = bin.bytes;
    for (PlannedFile largest = largest(files);
        files.size() > 1
            && !purges(largest)
            && bytes - largest.file().size() < sizeRatio * largest.file().size();
        largest = largest(files)) {
      files.remove(largest);
      bytes -= largest.file().size();
    }
    return files.size() >= Math.max(2, minFiles) || files.stream().anyMatch(this::purges)
        ? files
        : List.of();
  }

  private static PlannedFile largest(List<PlannedFile> files) {
    PlannedFile largest = files.get(0);
    for (PlannedFile file : files) {
      largest = file.file().size() > largest.file().size() ? file : largest;
    }
    return largest;
  }

  /** Files that become one. */
  private static final class Bin {
    final List<PlannedFile> files = new ArrayList<>();
    long bytes;
  }
}
