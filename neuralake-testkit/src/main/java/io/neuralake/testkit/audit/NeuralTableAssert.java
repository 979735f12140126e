package io.neuralake.testkit.audit;

import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import io.neuralake.testkit.fixture.S3Bucket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Assertions on a table, for AssertJ.
 *
 * <pre>{@code
 * assertThat(table).hasVersion(5).hasRowCount(3000).hasFiles(3).isConsistent();
 * assertThat(table).in(bucket).isConsistent(); // a table in a bucket of the fixtures
 * }</pre>
 */
public final class NeuralTableAssert extends AbstractAssert<NeuralTableAssert, NeuralTable> {
  private @Nullable S3Bucket bucket;

  private NeuralTableAssert(NeuralTable table) {
    super(table, NeuralTableAssert.class);
  }

  /** Begins assertions on a table. */
  public static NeuralTableAssert assertThat(NeuralTable table) {
    return new NeuralTableAssert(table);
  }

  /** Says in which bucket the table is, for {@link #isConsistent}. */
  public NeuralTableAssert in(S3Bucket here) {
    bucket = here;
    return this;
  }

  /** The newest version has this number. */
  public NeuralTableAssert hasVersion(long version) {
    isNotNull();
    Assertions.assertThat(actual.version()).as(described("newest version")).isEqualTo(version);
    return this;
  }

  /** The newest version has so many rows. */
  public NeuralTableAssert hasRowCount(long rows) {
    isNotNull();
    Assertions.assertThat(actual.count()).as(described("number of rows")).isEqualTo(rows);
    return this;
  }

  /** The newest version has so many data files. */
  public NeuralTableAssert hasFiles(long files) {
    isNotNull();
    Assertions.assertThat(actual.detail().files())
        .as(described("number of data files"))
        .isEqualTo(files);
    return this;
  }

  /** The newest version has exactly these rows, in any order, read as records of a class. */
  public <T> NeuralTableAssert hasRows(Class<T> type, Iterable<? extends T> rows) {
    isNotNull();
    List<T> found = new ArrayList<>();
    try (Rows<T> read = actual.scan().as(type)) {
      read.forEach(found::add);
    }
    Assertions.assertThat(found)
        .as(described("rows"))
        .containsExactlyInAnyOrderElementsOf(new ArrayList<T>(list(rows)));
    return this;
  }

  /** The newest version has exactly these rows, in any order. */
  public NeuralTableAssert hasRows(List<Map<String, Object>> rows) {
    isNotNull();
    List<Map<String, Object>> found = new ArrayList<>();
    try (Rows<Map<String, Object>> read = actual.scan().maps()) {
      read.forEach(found::add);
    }
    Assertions.assertThat(found).as(described("rows")).containsExactlyInAnyOrderElementsOf(rows);
    return this;
  }

  private static <T> List<T> list(Iterable<? extends T> rows) {
    List<T> list = new ArrayList<>();
    rows.forEach(list::add);
    return list;
  }

  /** An audit of the table finds no error; see {@link DeltaLogAudit}. */
  public NeuralTableAssert isConsistent() {
    AuditReport report = audit();
    Assertions.assertThat(report.errors()).as("%s", report).isEmpty();
    return this;
  }

  /** An audit finds neither files without a reference nor temporary ones nor unfinished uploads. */
  public NeuralTableAssert hasNoLeftOvers() {
    AuditReport report = audit();
    Assertions.assertThat(report.findings(Rule.NO_ORPHANS)).as("%s", report).isEmpty();
    Assertions.assertThat(report.findings(Rule.NO_LEFT_OVERS)).as("%s", report).isEmpty();
    return this;
  }

  private AuditReport audit() {
    isNotNull();
    try {
      if (actual.location().startsWith("file:")) {
        return DeltaLogAudit.of(TableFiles.local(localFolder(actual.location()))).run();
      }
      if (bucket == null) {
        throw new AssertionError(
            actual.location()
                + ": to look into a table on S3, say in which bucket it is:"
                + " assertThat(table).in(bucket)");
      }
      try (S3Client client = bucket.newClient()) {
        return DeltaLogAudit.of(TableFiles.s3(client, bucket, actual.location())).run();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Locations have raw paths, which a URI would take for percent-encoded ones. */
  private static Path localFolder(String location) {
    return Path.of(LogPaths.normal(location));
  }

  private String described(String what) {
    return what + " of " + actual.location();
  }
}
