package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.internal.store.LocalFileStore;
import io.neuralake.lock.LockProviders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QualifiedPathsTest {

  private static final String CREATED =
      """
      {"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
      {"metaData":{"id":"t","format":{"provider":"parquet","options":{}},"partitionColumns":[],\
      "configuration":{},"schemaString":"{\\"type\\":\\"struct\\",\\"fields\\":[{\\"name\\":\
      \\"id\\",\\"type\\":\\"integer\\",\\"nullable\\":true,\\"metadata\\":{}}]}"}}
      """;

  @TempDir Path folder;
  private final RootAllocator allocator = new RootAllocator();
  private TableLog log;

  @BeforeEach
  void open() {
    log =
        new TableLog(
            "file://" + folder,
            new LocalFileStore(new Random(1)),
            LockProviders.automatic(),
            allocator,
            Runnable::run,
            new LogCache(LogCache.DEFAULT_BYTES));
  }

  @AfterEach
  void nothingIsHeld() {
    allocator.close();
  }

  private static String add(String path) {
    return "{\"add\":{\"path\":\""
        + path
        + "\",\"partitionValues\":{},\"size\":1,\"modificationTime\":1,\"dataChange\":true}}\n";
  }

  private static String remove(String path) {
    return "{\"remove\":{\"path\":\"" + path + "\",\"deletionTimestamp\":2,\"dataChange\":true}}\n";
  }

  private void commit(int version, String actions) throws IOException {
    Path file = folder.resolve("_delta_log/%020d.json".formatted(version));
    Files.createDirectories(file.getParent());
    Files.writeString(file, actions);
  }

  private List<String> live() {
    List<String> paths = new ArrayList<>();
    try (LogSnapshot.Files files = log.latest().files(false)) {
      while (files.hasNext()) {
        paths.add(files.next().path());
      }
    }
    return paths;
  }

  @ParameterizedTest
  @CsvSource({
    "/a/x%20y, file:/a/x%20y",
    "/a/x%20y, file:///a/x%20y",
    "file:/a/x%20y, file:///a/x%20y",
    "file:///a/x%20y, /a/x%20y"
  })
  void fileIsRemovedUnderAnotherSpellingAlsoAfterACheckpoint(String added, String removed)
      throws IOException {
    commit(0, CREATED + add(added) + add("kept") + add("/a/other"));
    assertThat(live()).containsExactlyInAnyOrder("file:///a/x%20y", "kept", "file:///a/other");
    commit(1, remove(removed));
    assertThat(live()).containsExactlyInAnyOrder("kept", "file:///a/other");

    Files.delete(folder.resolve("_delta_log/%020d.json".formatted(1)));
    new Checkpoint(log.latest(), java.time.Instant.EPOCH, java.util.UUID::randomUUID).write();
    commit(0, CREATED); // now only the checkpoint has the adds
    commit(1, remove(removed));
    assertThat(live()).containsExactlyInAnyOrder("kept", "file:///a/other");
  }

  @Test
  void commitsNameTheirFilesInTheSameForm() throws IOException {
    commit(0, CREATED + add("/a/x"));
    commit(1, remove("file:/a/x") + add("b%20c"));
    CommitContent content = log.commit(1, true).orElseThrow();
    assertThat(content.removes())
        .extracting(removed -> removed.path())
        .containsExactly("file:///a/x");
    assertThat(content.adds()).extracting(added -> added.file().path()).containsExactly("b%20c");
  }

  @Test
  void pathsOfOtherStoragesGetTheirSchemeAndAuthority() {
    assertThat(DataPaths.qualify("s3://lab/t", "/a/x")).isEqualTo("s3://lab/a/x");
    assertThat(DataPaths.qualify("s3://lab/t", "s3://other/x")).isEqualTo("s3://other/x");
    assertThat(DataPaths.qualify("s3://lab/t", "a/x")).isEqualTo("a/x");
  }
}
