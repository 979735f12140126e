package io.neuralake.internal.plan;

import io.neuralake.internal.columnar.PartitionValues;
import io.neuralake.internal.log.LogPaths;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.Locations;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a table's folder is a vacuum's business. Files and folders whose names begin with a dot
 * or an underscore are not, as in Spark, except folders of partitions and of change data, and what
 * writers leave behind when they die.
 *
 * @param table location of the table
 * @param partitions how names of partition folders may begin
 * @param version the newest one that is known to be complete
 */
public record VacuumScope(String table, Set<String> partitions, long version) {

  /** What a file is, by its name. */
  public enum Kind {
    DATA,
    DELETION_VECTOR,
    CHANGE_DATA,
    TEMPORARY
  }

  private static final String CHANGES = "_change_data";
  private static final Pattern VECTOR = Pattern.compile("deletion_vector_.*\\.bin");

  /** Commits on their way, of log stores that go through DynamoDB. */
  private static final Pattern CLAIMED =
      Pattern.compile(Pattern.quote(LogPaths.LOG_FOLDER) + "/\\.tmp/(\\d{18,20})\\.json\\..+");

  static VacuumScope of(String table, TableMetadata metadata, long version) {
    Set<String> partitions = new HashSet<>();
    metadata.partitionColumns().forEach(column -> addTo(partitions, column));
    metadata
        .partitionFields()
        .forEach(field -> addTo(partitions, ColumnMapping.physicalName(field)));
    return new VacuumScope(table, partitions, version);
  }

  private static void addTo(Set<String> partitions, String column) {
    String folder = PartitionValues.directory(column, "");
    partitions.add(column + "=");
    partitions.add(folder.substring(0, folder.indexOf('=') + 1));
  }

  /** The path below the table of a file that a listing found. */
  String path(FileInfo file) {
    return Locations.relativize(table, file.location());
  }

  /**
   * What a file is; null if a vacuum does not touch it.
   *
   * @param path raw, relative to the table
   */
  @Nullable Kind kind(String path, FileInfo file) {
    boolean log = path.startsWith(LogPaths.LOG_FOLDER + "/");
    if (log) {
      return file.isTemporary() || isLeftOver(path) ? Kind.TEMPORARY : null;
    }
    return kind(path, file.isTemporary());
  }

  /** The same by name alone, of a file that the log has named. */
  @Nullable Kind kind(String path) {
    return path.startsWith(LogPaths.LOG_FOLDER + "/") ? null : kind(path, false);
  }

  private @Nullable Kind kind(String path, boolean temporary) {
    boolean changes = path.startsWith(CHANGES + "/");
    int start = changes ? CHANGES.length() + 1 : 0;
    for (int slash = path.indexOf('/', start); slash >= 0; slash = path.indexOf('/', start)) {
      if (isHidden(path.substring(start, slash))) {
        return null;
      }
      start = slash + 1;
    }
    String name = path.substring(start);
    if (temporary) {
      return Kind.TEMPORARY;
    }
    if (isHidden(name)) {
      return null;
    }
    return changes
        ? Kind.CHANGE_DATA
        : VECTOR.matcher(name).matches() ? Kind.DELETION_VECTOR : Kind.DATA;
  }

  private boolean isHidden(String name) {
    return (name.startsWith(".") || name.startsWith("_"))
        && partitions.stream().noneMatch(name::startsWith);
  }

  /** A commit's temporary file may be all there is of the commit until it has its own name. */
  private boolean isLeftOver(String path) {
    Matcher claimed = CLAIMED.matcher(path);
    return claimed.matches() && Long.parseLong(claimed.group(1)) <= version;
  }
}
