package io.neuralake.it.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.storage.LogStore;
import io.neuralake.lock.dynamodb.DynamoDbLogStore;
import io.neuralake.logstore.ConditionalPutLogStore;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.fixture.EmbeddedDynamoDb;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The log stores that Spark loads, used as Spark uses them, through Delta's interface. */
@NeuralLakeTest
class LogStoresIT {

  enum Kind {
    CONDITIONAL_PUT(ConditionalPutLogStore::new),
    DYNAMO_DB(DynamoDbLogStore::new);

    private final Function<Configuration, LogStore> factory;

    Kind(Function<Configuration, LogStore> factory) {
      this.factory = factory;
    }
  }

  private final String lockTable = EmbeddedDynamoDb.shared().uniqueTable("entries");
  private HttpFaultProxy entries;
  private Configuration configuration;
  private Path log;

  @BeforeEach
  void configure(S3Bucket bucket, HttpFaultProxy proxy) {
    // Credentials of DynamoDB come from the AWS default chain.
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
    entries = HttpFaultProxy.inFrontOf(EmbeddedDynamoDb.shared().endpoint());
    configuration = new Configuration(false);
    configuration.set("fs.s3a.endpoint", proxy.endpoint().toString());
    configuration.set("fs.s3a.access.key", "wrong");
    configuration.set("fs.s3a.secret.key", "wrong");
    String own = "fs.s3a.bucket." + bucket.name() + ".";
    configuration.set(own + "access.key", bucket.connection().credentials().accessKeyId());
    configuration.set(own + "secret.key", bucket.connection().credentials().secretAccessKey());
    configuration.set("fs.s3a.path.style.access", "true");
    String prefix = "spark.io.delta.storage.S3DynamoDBLogStore.";
    configuration.set(prefix + "ddb.endpoint", entries.endpoint().toString());
    configuration.set(prefix + "ddb.tableName", lockTable);
    log = new Path("s3a://" + bucket.name() + "/a b/t%20/_delta_log");
  }

  @AfterEach
  void close() {
    entries.close();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  private LogStore store(Kind kind) {
    return kind.factory.apply(configuration);
  }

  private Path commit(long version) {
    return new Path(log, "%020d.json".formatted(version));
  }

  private static List<String> content(String id) {
    return List.of("{\"commitInfo\":{\"txnId\":\"" + id + "\"}}", "{\"add\":\"ä\"}");
  }

  private void write(LogStore store, long version, List<String> content) throws IOException {
    store.write(commit(version), content.iterator(), false, configuration);
  }

  private List<String> read(LogStore store, Path path) throws IOException {
    List<String> lines = new ArrayList<>();
    try (var all = store.read(path, configuration)) {
      all.forEachRemaining(lines::add);
    }
    return lines;
  }

  private List<String> names(LogStore store, Path from) throws IOException {
    List<String> names = new ArrayList<>();
    for (var files = store.listFrom(from, configuration); files.hasNext(); ) {
      FileStatus file = files.next();
      assertThat(file.getPath().getParent()).isEqualTo(log);
      names.add(file.getPath().getName());
    }
    return names;
  }

  @ParameterizedTest
  @EnumSource
  void aLogIsWrittenListedAndRead(Kind kind) throws Exception {
    LogStore store = store(kind);
    assertThatThrownBy(() -> names(store, commit(0)))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("/_delta_log: does not exist");
    write(store, 0, content("zero"));
    write(store, 1, content("one"));
    Path pointer = new Path(log, "_last_checkpoint");
    store.write(pointer, List.of("old").iterator(), true, configuration);
    store.write(pointer, List.of("new").iterator(), true, configuration);
    Path checksum = new Path(log, "00000000000000000001.crc");
    store.write(checksum, List.of("{}").iterator(), false, configuration);
    assertThatThrownBy(() -> store.write(checksum, List.of("{}").iterator(), false, configuration))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("00000000000000000001.crc");
    assertThat(names(store, commit(0)))
        .containsExactly(
            commit(0).getName(), checksum.getName(), commit(1).getName(), "_last_checkpoint");
    assertThat(names(store, commit(2))).containsExactly("_last_checkpoint");
    assertThat(read(store, commit(1))).isEqualTo(content("one"));
    assertThat(read(store, pointer)).containsExactly("new");
    assertThatThrownBy(() -> write(store, 1, content("two")))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining(commit(1).getName());
    assertThat(store.isPartialWriteVisible(log, configuration)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aCommitLargerThanAPartOfAnUpload(Kind kind) throws Exception {
    LogStore store = store(kind);
    List<String> large = new ArrayList<>(content("large"));
    String line = "{\"add\":{\"path\":\"" + "x".repeat(1000) + "\"}}";
    for (int i = 0; i < 20_000; i++) {
      large.add(line);
    }
    write(store, 0, large);
    assertThat(read(store, commit(0))).isEqualTo(large);
    assertThatThrownBy(() -> write(store, 0, large.subList(0, 10)))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining(commit(0).getName());
  }

  @ParameterizedTest
  @EnumSource
  void oneWinnerAmongThreads(Kind kind) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (long version = 0; version < 3; version++) {
        long wanted = version;
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          LogStore store = store(kind);
          writers.add(
              () -> {
                try {
                  write(store, wanted, content(UUID.randomUUID().toString()));
                  return true;
                } catch (FileAlreadyExistsException e) {
                  return false;
                }
              });
        }
        int winners = 0;
        for (Future<Boolean> outcome : threads.invokeAll(writers)) {
          winners += outcome.get() ? 1 : 0;
        }
        assertThat(winners).as("winners of version %d", version).isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Lost before or after its effect, refused for a conflict under way: done once, and told so. */
  @ParameterizedTest
  @EnumSource
  void lostAnswersAreResolved(Kind kind, HttpFaultProxy proxy) throws Exception {
    LogStore store = store(kind);
    write(store, 0, content("zero"));
    Rule.Match put = Rule.when("PUT", "_delta_log/.*json").nth(1);
    String conflict = "<Error><Code>ConditionalRequestConflict</Code></Error>";
    List<Rule> rules =
        List.of(put.dropResponseAfterEffect(), put.resetBefore(), put.respond(409, conflict));
    for (int i = 0; i < rules.size(); i++) {
      proxy.inject(rules.get(i));
      write(store, i + 1, content("writer" + i));
      proxy.clearRules();
      assertThat(read(store, commit(i + 1))).isEqualTo(content("writer" + i));
    }
    entries.inject(Rule.when("POST", ".*").every(2).dropResponseAfterEffect());
    write(store, 4, content("writer4"));
    entries.clearRules();
    assertThat(read(store, commit(4))).isEqualTo(content("writer4"));
  }

  @Test
  void equalContentIsNoProofWithoutAnId(HttpFaultProxy proxy) throws Exception {
    LogStore store = store(Kind.CONDITIONAL_PUT);
    proxy.inject(Rule.when("PUT", "_delta_log/.*json").nth(1).dropResponseAfterEffect());
    assertThatThrownBy(() -> write(store, 0, List.of("{\"add\":1}")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is not known whether 00000000000000000000.json was committed");
  }
}
