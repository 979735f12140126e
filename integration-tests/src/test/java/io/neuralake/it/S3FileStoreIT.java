package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.store.FileSink;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.FileStoreContract;
import io.neuralake.internal.store.RangeReader;
import io.neuralake.internal.store.S3FileStore;
import io.neuralake.storage.S3;
import io.neuralake.storage.S3Credentials;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of file stores, and what is special to S3, against a real server. */
@NeuralLakeTest
class S3FileStoreIT extends FileStoreContract {
  private static final int MIB = 1 << 20;

  private S3Bucket bucket;
  private HttpFaultProxy proxy;
  private FileStore store;

  @BeforeEach
  void connect(S3Bucket testBucket, HttpFaultProxy testProxy) {
    bucket = testBucket;
    proxy = testProxy;
    store = new S3FileStore(settings(proxy.endpoint()));
  }

  @AfterEach
  void disconnect() {
    store.close();
  }

  private S3 settings(URI endpoint) {
    var keys = bucket.connection().credentials();
    return S3.at(endpoint)
        .allowHttp()
        .partSize(5 * MIB)
        .multipartThreshold(6 * MIB)
        .credentials(S3Credentials.of(keys.accessKeyId(), keys.secretAccessKey()));
  }

  @Override
  protected FileStore store() {
    return store;
  }

  @Override
  protected String folder() {
    return bucket.location("base");
  }

  @Test
  void eachCallIsOneRequest() throws IOException {
    store.write(at("a"), bytes("0123456789"));
    assertRequests("PUT");
    store.writeIfAbsent(at("b"), bytes("x"));
    assertRequests("PUT");
    assertThat(store.read(at("a"), 100)).hasSize(10);
    assertRequests("GET");
    store.stat(at("a"));
    assertRequests("HEAD");
    try (RangeReader reader = store.open(at("a"), 10)) {
      reader.readFully(2, new byte[4], 0, 4);
      assertThat(reader.size()).isEqualTo(10);
    }
    assertRequests("GET");
    try (RangeReader reader = store.open(at("a"), -1)) {
      assertThat(reader.size()).isEqualTo(10);
      assertThat(reader.size()).isEqualTo(10);
    }
    assertRequests("HEAD");
    try (RangeReader reader = store.open(at("a"), -1)) {
      assertThat(reader.readUpTo(0, new byte[100], 0, 100)).isEqualTo(10);
    }
    assertRequests("GET");
    try (FileSink sink = store.create(at("c"))) {
      sink.write(new byte[MIB]);
    }
    assertRequests("PUT");
    assertThat(locations(store.listFrom(at("b")))).containsExactly(at("b"), at("c"));
    assertRequests("GET");
    store.delete(List.of(at("a"), at("b"), at("c")));
    assertRequests("POST");
  }

  private void assertRequests(String... methods) {
    assertThat(proxy.requests()).extracting(request -> request.method()).containsExactly(methods);
    proxy.reset();
  }

  @Test
  void theSchemeOfTheUserIsKept() throws IOException {
    String file = "s3a://" + bucket.name() + "/base/x";
    store.write(file, bytes("x"));
    assertThat(locations(store.listFrom(file))).containsExactly(file);
    assertThat(locations(store.listRecursively("s3a://" + bucket.name()))).containsExactly(file);
    assertThat(store.read("s3://" + bucket.name() + "/base/x", 10)).isEqualTo(bytes("x"));
  }

  @Test
  void pendingUploadsAreListedAndDropped() throws IOException {
    FileSink pending = store.create(at("p=1/pending"));
    pending.write(new byte[7 * MIB]);
    FileSink elsewhere = store.create(bucket.location("base-not/pending"));
    elsewhere.write(new byte[7 * MIB]);
    Iterator<FileStore.Upload> uploads = store.uploads(folder());
    FileStore.Upload upload = uploads.next();
    assertThat(uploads.hasNext()).isFalse();
    assertThat(upload.location()).isEqualTo(at("p=1/pending"));
    assertThat(store.now(folder()).toEpochMilli() - upload.startedMillis())
        .isBetween(-1_000L, 60_000L);
    store.abort(upload);
    store.abort(upload);
    assertThat(store.uploads(folder()).hasNext()).isFalse();
    pending.abort();
    elsewhere.abort();
  }

  @Test
  void listsMoreThanOnePageLazily() throws Exception {
    int files = 2345;
    writeNumbered(files);
    proxy.reset();
    List<String> all = locations(store.listFrom(at("log/")));
    assertThat(all).hasSize(files).isSorted();
    assertThat(proxy.count("GET")).isEqualTo(3);
    assertThat(locations(store.listRecursively(folder()))).hasSameElementsAs(all);

    List<String> tail = locations(store.listFrom(numbered(1234)));
    assertThat(tail).hasSize(files - 1234).startsWith(numbered(1234));
    proxy.reset();
    Iterator<?> lazy = store.listFrom(at("log/"));
    assertThat(proxy.requests()).isEmpty();
    lazy.next();
    assertThat(proxy.count("GET")).isEqualTo(1);

    proxy.reset();
    store.delete(all);
    assertThat(proxy.count("POST")).isEqualTo(3);
    assertThat(locations(store.listFrom(at("log/")))).isEmpty();
  }

  private void writeNumbered(int files) throws Exception {
    var pool = Executors.newFixedThreadPool(16);
    try {
      List<Callable<Integer>> writes = new ArrayList<>();
      for (int i = 0; i < files; i++) {
        String file = numbered(i);
        writes.add(
            () -> {
              store.write(file, bytes("{}"));
              return 0;
            });
      }
      for (var written : pool.invokeAll(writes)) {
        written.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private String numbered(int version) {
    return at("log/%020d.json".formatted(version));
  }

  @Test
  void largeFilesGoInParts() throws IOException {
    byte[] content = new byte[13 * MIB + 17];
    RandomGenerator random = RandomGeneratorFactory.of("SplittableRandom").create(5);
    random.nextBytes(content);
    String file = at("large");
    FileSink sink = store.create(file);
    for (int from = 0; from < content.length; from += 1_000_003) {
      sink.write(content, from, Math.min(1_000_003, content.length - from));
    }
    assertThat(sink.position()).isEqualTo(content.length);
    assertThat(proxy.count("PUT", "partNumber=")).isEqualTo(2);
    assertThatThrownBy(() -> store.stat(file))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageStartingWith(file);
    sink.close();
    assertThat(proxy.count("PUT", "partNumber=")).isEqualTo(3);
    assertThat(store.read(file, content.length)).isEqualTo(content);
  }

  @Test
  void abortedUploadIsRemovedFromTheServer() throws IOException {
    FileSink sink = store.create(at("aborted"));
    sink.write(new byte[12 * MIB]);
    sink.abort();
    sink.close();
    assertThat(proxy.count("DELETE", "uploadId=")).isEqualTo(1);
    assertThat(locations(store.listRecursively(folder()))).isEmpty();
  }

  @Test
  void failedUploadIsRemovedAndNeverPublished() throws IOException {
    proxy.inject(Rule.when("PUT", "partNumber=2").first(10).respond(500, ""));
    FileSink sink = store.create(at("failed"));
    assertThatThrownBy(() -> sink.write(new byte[17 * MIB]))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(at("failed") + ": " + proxy.endpoint() + " failed (status 500");
    assertThatThrownBy(sink::close)
        .isInstanceOf(IOException.class)
        .hasMessage(at("failed") + ": not published, as uploading it failed before.");
    assertThat(proxy.count("DELETE", "uploadId=")).isEqualTo(1);
    assertThat(locations(store.listRecursively(folder()))).isEmpty();
  }

  @Test
  void transientFailuresAreRepeated() throws IOException {
    proxy.inject(Rule.when("PUT", "/flaky").first(2).respond(503, ""));
    store.write(at("flaky"), bytes("x"));
    assertThat(proxy.count("PUT")).isEqualTo(3);
  }

  @Test
  void conditionalPutsAreNeverRepeated() throws IOException {
    proxy.inject(Rule.when("PUT", "/0.json").first(1).dropResponseAfterEffect());
    assertThatThrownBy(() -> store.writeIfAbsent(at("0.json"), bytes("mine")))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(FileAlreadyExistsException.class)
        .hasMessageStartingWith(at("0.json") + ": no answer from " + proxy.endpoint())
        .hasMessageContaining("may have taken effect");
    assertThat(proxy.count("PUT")).isEqualTo(1);
    assertThat(store.read(at("0.json"), 100)).isEqualTo(bytes("mine"));
  }

  @Test
  void concurrentConditionalWriteIsNoProofOfExistence() {
    proxy.inject(Rule.when("PUT", "/1.json").first(1).respond(409, ""));
    assertThatThrownBy(() -> store.writeIfAbsent(at("1.json"), bytes("x")))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(FileAlreadyExistsException.class)
        .hasMessageStartingWith(at("1.json") + ": another conditional write");
  }

  @Test
  void answersThatBreakOffAreAskedForAgain() throws IOException {
    byte[] content = new byte[100_000];
    content[99_999] = 7;
    store.write(at("cut"), content);
    proxy.inject(Rule.when("GET", "/cut").first(2).truncateResponse(1000));
    assertThat(store.read(at("cut"), MIB)).isEqualTo(content);
    assertThat(proxy.count("GET", "/cut")).isEqualTo(3);
  }

  @Test
  void answersThatAlwaysBreakOffAreErrors() throws IOException {
    store.write(at("cut"), new byte[100_000]);
    proxy.inject(Rule.when("GET", "/cut").first(100).truncateResponse(1000));
    assertThatThrownBy(() -> store.read(at("cut"), MIB))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(at("cut") + ": the answer of " + proxy.endpoint() + " broke off");
    try (RangeReader reader = store.open(at("cut"), 100_000)) {
      assertThatThrownBy(() -> reader.readFully(0, new byte[50_000], 0, 50_000))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(at("cut") + ": the answer of " + proxy.endpoint());
    }
    assertThat(proxy.count("GET", "/cut")).isEqualTo(6);
  }

  @Test
  void wrongKeyIsAccessDeniedAndNotShown() {
    S3 wrong = settings(proxy.endpoint()).credentials(S3Credentials.of("wrong-id", "wRoNgSeCrEt"));
    try (FileStore refused = new S3FileStore(wrong)) {
      assertThatThrownBy(() -> refused.read(at("x"), 10))
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining(at("x"))
          .hasMessageContaining("check the credentials")
          .hasMessageNotContaining("wRoNgSeCrEt");
      assertThatThrownBy(() -> refused.writeIfAbsent(at("x"), bytes("x")))
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining(at("x"))
          .hasMessageNotContaining("wRoNgSeCrEt");
    }
  }

  @Test
  void missingBucketIsNamed() {
    String file = "s3://no-such-bucket-here/x";
    assertThatThrownBy(() -> store.write(file, bytes("x")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": the bucket does not exist at " + proxy.endpoint());
    assertThatThrownBy(() -> store.listFrom(file).hasNext())
        .hasCauseInstanceOf(IOException.class)
        .hasMessageContaining("the bucket does not exist");
  }

  @Test
  void unreachableEndpointFailsSoonAndIsNamed() {
    S3 nowhere =
        settings(URI.create("http://127.0.0.1:1")).connectTimeout(Duration.ofSeconds(1)).retries(1);
    try (FileStore unreachable = new S3FileStore(nowhere)) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> unreachable.read(at("x"), 10))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(at("x") + ": no answer from http://127.0.0.1:1")
          .hasMessageContaining("Check that the endpoint is right and reachable");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void aStorageThatIgnoresTheConditionIsRefused(S3Bucket bucket, HttpFaultProxy proxy) {
    String marker = "_delta_log/\\.neuralake-conditional-put";
    String log = bucket.location("t/_delta_log/");
    for (int status : new int[] {200, 501}) {
      proxy.inject(Rule.when("PUT", marker).every(1).respond(status, ""));
      try (var store = new S3FileStore(bucket.through(proxy.endpoint()).connection().storage())) {
        assertThatThrownBy(() -> store.requireAtomicCreate(log + "0.json"))
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageStartingWith("Bucket " + bucket.name() + ": the storage at http://127.0.0.1")
            .hasMessageContaining("commits could overwrite each other. Nothing was committed.")
            .hasMessageContaining("neuralake-lock-dynamodb");
      }
      proxy.clearRules();
    }
  }

  @Test
  void aBucketIsAskedOnceWhetherItHonoursTheCondition(S3Bucket bucket, HttpFaultProxy proxy)
      throws IOException {
    for (long asked : new long[] {2, 1}) {
      proxy.reset();
      try (var store = new S3FileStore(bucket.through(proxy.endpoint()).connection().storage())) {
        for (int i = 0; i < 3; i++) {
          store.requireAtomicCreate(bucket.location("t/_delta_log/" + i + ".json"));
        }
      }
      assertThat(proxy.count("PUT", "conditional-put")).as(proxy.summary()).isEqualTo(asked);
      assertThat(proxy.requests()).hasSize((int) asked);
    }
  }
}
