package io.neuralake.lock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.store.LocalFileStore;
import io.neuralake.internal.store.StoredCommitFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LockProvidersTest {
  private static final int WRITERS = 32;
  private static final byte[] CONTENT = "{}\n".getBytes(UTF_8);

  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({
    "file, local",
    "s3, conditional-put",
    "S3A, conditional-put",
    "hdfs, log-store",
    "gs, log-store"
  })
  void schemesHaveTheirElector(String scheme, String name) {
    assertThat(LockProviders.forScheme(scheme).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({"/t", "file:/t", "s3://b/t", "s3a://b/t", "hdfs://h/t", "abfss://c@a/t"})
  void automaticCreatesTheVersionsFile(String table) throws IOException {
    var log = new LogInMemory(table);
    LockProviders.automatic().commit(log, 12, CONTENT);
    assertThat(log.files).containsOnlyKeys("00000000000000000012.json");
    assertThatThrownBy(() -> LockProviders.automatic().commit(log, 12, CONTENT))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("00000000000000000012.json");
  }

  @Test
  void electorsRefuseStoragesTheyAreNotMadeFor() {
    refuses(LockProviders.local(), "s3://b/t");
    refuses(LockProviders.conditionalPut(), "/t");
    refuses(LockProviders.conditionalPut(), "hdfs://h/t");
    refuses(LockProviders.logStore(), "s3a://b/t");
    refuses(LockProviders.logStore(), "file:///t");
  }

  private static void refuses(LockProvider elector, String table) {
    var log = new LogInMemory(table);
    assertThatThrownBy(() -> elector.commit(log, 0, CONTENT))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith(table + ": lock provider " + elector.name() + " is made for");
    assertThat(log.files).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "AWS_S3_LOCKING_PROVIDER, conditional-put",
    "DELTALAKE_LOCKING_PROVIDER, local",
    "NEURALAKE_LOCK_PROVIDER, log-store",
    "NEURALAKE_LOCK_PROVIDER, in-process",
    "UNRELATED, automatic"
  })
  void theEnvironmentChooses(String variable, String name) {
    var env = Map.of(variable, " " + name.toUpperCase(Locale.ROOT) + " ");
    assertThat(LockProviders.fromEnvironment(env).name()).isEqualTo(name);
  }

  @Test
  void theEnvironmentIsNeverGuessedAt() {
    refuses(
        Map.of("AWS_S3_LOCKING_PROVIDER", "dynamodb"),
        "AWS_S3_LOCKING_PROVIDER names a lock provider that is not known; known are automatic,"
            + " local, conditional-put, log-store. For dynamodb add the module"
            + " neuralake-lock-dynamodb to the class path.");
    refuses(
        Map.of("AWS_S3_LOCKING_PROVIDER", "local", "DELTALAKE_LOCKING_PROVIDER", "log-store"),
        "AWS_S3_LOCKING_PROVIDER and DELTALAKE_LOCKING_PROVIDER choose different lock providers.");
    refuses(
        Map.of("DELTA_DYNAMO_TABLE_NAME", "delta_log"),
        "DELTA_DYNAMO_TABLE_NAME names a lock table, but no lock provider is chosen.");
  }

  private static void refuses(Map<String, String> env, String message) {
    assertThatThrownBy(() -> LockProviders.fromEnvironment(env))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("Environment: " + message);
  }

  static List<LockProvider> localElectors() {
    return List.of(LockProviders.local(), LockProviders.automatic(), LockProviders.inProcess());
  }

  @ParameterizedTest
  @MethodSource("localElectors")
  void oneWinnerOnLocalDisk(LockProvider elector) throws Exception {
    var pool = Executors.newFixedThreadPool(WRITERS);
    try (var store = new LocalFileStore(new Random(3))) {
      // One table, spelled in two ways.
      List<CommitFiles> spellings =
          List.of(
              new StoredCommitFiles(store, temp + "/t/"),
              new StoredCommitFiles(store, "file://" + temp + "/t"));
      for (long version = 0; version < 5; version++) {
        long wanted = version;
        var start = new CyclicBarrier(WRITERS);
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
          CommitFiles log = spellings.get(i % 2);
          writers.add(
              () -> {
                start.await();
                return wins(elector, log, wanted);
              });
        }
        int winners = 0;
        for (var outcome : pool.invokeAll(writers)) {
          winners += outcome.get() ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
      }
      try (var files = Files.list(temp.resolve("t/_delta_log"))) {
        assertThat(files).hasSize(5);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static boolean wins(LockProvider elector, CommitFiles log, long version)
      throws IOException {
    try {
      elector.commit(log, version, CONTENT);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  @Test
  void inProcessHonoursInterrupts() {
    var log = new LogInMemory("s3://b/t");
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> LockProviders.inProcess().commit(log, 0, CONTENT))
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("s3://b/t: interrupted before committing version 0.");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(log.files).isEmpty();
  }

  @Test
  void commitFilesStayInsideTheLog() throws IOException {
    try (var store = new LocalFileStore(new Random(3))) {
      var log = new StoredCommitFiles(store, temp + "/t/");
      assertThat(log.tableLocation()).isEqualTo(temp + "/t");
      log.write(".tmp/x", CONTENT);
      assertThat(log.exists(".tmp/x")).isTrue();
      assertThat(log.read(".tmp/x")).isEqualTo(CONTENT);
      log.delete(".tmp/x");
      assertThat(log.exists(".tmp/x")).isFalse();
      assertThatThrownBy(() -> log.read("gone"))
          .isInstanceOf(FileNotFoundException.class)
          .hasMessageContaining("_delta_log/gone");
      assertThatThrownBy(() -> log.write("../x", CONTENT))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("path '../x' is refused");
    }
  }

  /** A log in memory. */
  private static final class LogInMemory implements CommitFiles {
    private final String table;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    LogInMemory(String table) {
      this.table = table;
    }

    @Override
    public String tableLocation() {
      return table;
    }

    @Override
    public boolean exists(String name) {
      return files.containsKey(name);
    }

    @Override
    public byte[] read(String name) throws IOException {
      byte[] content = files.get(name);
      if (content == null) {
        throw new FileNotFoundException(name);
      }
      return content;
    }

    @Override
    public void write(String name, byte[] content) {
      files.put(name, content);
    }

    @Override
    public void writeIfAbsent(String name, byte[] content) throws IOException {
      if (files.putIfAbsent(name, content) != null) {
        throw new FileAlreadyExistsException(name);
      }
    }

    @Override
    public void delete(String name) {
      files.remove(name);
    }
  }
}
