package io.neuralake.testkit.audit;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether a table is what its log says, without any code of neuralake: commits are replayed
 * from their JSON, data files and checkpoints are read by parquet-java, deletion vectors by the
 * audit's own decoder. {@link Rule} says what is looked at.
 *
 * <pre>{@code
 * AuditReport report = DeltaLogAudit.of(TableFiles.local(folder)).run();
 * assertThat(report.isConsistent()).as(report.toString()).isTrue();
 * }</pre>
 *
 * <p>An audit lists the folder once and reads each live file once, one at a time. It is made for
 * tests: a table that is being written, vacuumed or cleaned up meanwhile can look damaged. An
 * immutable value, thread-safe where its files are.
 */
public final class DeltaLogAudit {
  private final TableFiles files;
  private final List<IndependentReader> readers;
  private final boolean readRows;
  private final @Nullable Duration retention;
  private final Clock clock;

  private DeltaLogAudit(
      TableFiles files,
      List<IndependentReader> readers,
      boolean readRows,
      @Nullable Duration retention,
      Clock clock) {
    this.files = files;
    this.readers = readers;
    this.readRows = readRows;
    this.retention = retention;
    this.clock = clock;
  }

  /** An audit of a table. */
  public static DeltaLogAudit of(TableFiles files) {
    return new DeltaLogAudit(files, List.of(), true, null, Clock.systemUTC());
  }

  /** Also compares the rows that other engines read; each must see the same as the first. */
  public DeltaLogAudit comparing(IndependentReader... engines) {
    return new DeltaLogAudit(files, List.of(engines), readRows, retention, clock);
  }

  /** Leaves data files closed: presence and size are checked, rows and statistics are not. */
  public DeltaLogAudit withoutRows() {
    return new DeltaLogAudit(files, readers, false, retention, clock);
  }

  /**
   * How long removed files are kept, if a vacuum was told otherwise than the table's property
   * {@code delta.deletedFileRetentionDuration}.
   */
  public DeltaLogAudit retention(Duration kept) {
    return new DeltaLogAudit(files, readers, readRows, kept, clock);
  }

  /** What time it is; default the system's. */
  public DeltaLogAudit clock(Clock time) {
    return new DeltaLogAudit(files, readers, readRows, retention, time);
  }

  /**
   * Looks at everything.
   *
   * @throws IOException if the table's folder cannot be listed; a file that cannot be read is a
   *     finding
   */
  public AuditReport run() throws IOException {
    Findings findings = new Findings();
    List<TableFiles.StoredFile> listed = new ArrayList<>(files.list());
    Map<String, TableFiles.StoredFile> byPath = new HashMap<>();
    listed.forEach(file -> byPath.put(file.path(), file));
    LogAudit log = new LogAudit(new LogListing(files, listed, findings), findings);
    ReplayedState state = log.run();
    long rows = new FileAudit(files, byPath, state, readRows, findings).run();
    LeftOvers leftOvers = new LeftOvers(files, state, findings);
    leftOvers.unused(listed, log.named);
    leftOvers.removed(byPath, retention, clock.instant());
    compare(rows, findings);
    return findings.report(files.location(), log.lastVersion(), state.live.size(), rows);
  }

  private void compare(long rows, Findings findings) {
    @Nullable Map<String, Long> first = null;
    String firstName = "";
    for (IndependentReader reader : readers) {
      Map<String, Long> seen = new HashMap<>();
      try {
        reader.rows().forEach(row -> seen.merge(row, 1L, Long::sum));
      } catch (Exception e) {
        findings.error(Rule.READERS_AGREE, "", reader.name() + " cannot read the table: " + e);
        continue;
      }
      findings.readers++;
      long count = seen.values().stream().mapToLong(Long::longValue).sum();
      if (readRows && count != rows) {
        findings.error(
            Rule.READERS_AGREE,
            "",
            reader.name() + " reads " + count + " rows, the files have " + rows);
      }
      if (first == null) {
        first = seen;
        firstName = reader.name();
      } else if (!first.equals(seen)) {
        findings.error(
            Rule.READERS_AGREE,
            "",
            difference(firstName, first, seen, "more often than " + reader.name())
                + difference(reader.name(), seen, first, "more often than " + firstName));
      }
    }
  }

  private static String difference(
      String name, Map<String, Long> one, Map<String, Long> other, String than) {
    return one.entrySet().stream()
        .filter(row -> row.getValue() > other.getOrDefault(row.getKey(), 0L))
        .findFirst()
        .map(row -> name + " reads " + than + ": " + row.getKey() + ". ")
        .orElse("");
  }
}
