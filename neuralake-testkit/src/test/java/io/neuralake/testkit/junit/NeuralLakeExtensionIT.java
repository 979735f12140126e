package io.neuralake.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.read.Rows;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.Backend;
import io.neuralake.testkit.fixture.EmbeddedS3;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.fixture.S3Server;
import io.neuralake.testkit.fixture.TestServers;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;

class NeuralLakeExtensionIT {
  private static final Set<String> SEEN = new HashSet<>();

  record Feed(String location) {}

  @RegisterExtension
  static final NeuralLakeExtension LAKE =
      new NeuralLakeExtension().with(Feed.class, r -> new Feed(r.bucket().location("in")));

  private String early;

  @BeforeEach
  void takeBucketEarly(S3Bucket bucket) {
    early = bucket.name();
  }

  @RepeatedTest(2)
  void eachTestHasABucketOfItsOwn(EmbeddedS3 s3, S3Bucket bucket, S3Client client) {
    assertThat(s3).isSameAs(EmbeddedS3.shared());
    assertThat(bucket.name()).isEqualTo(early);
    assertThat(SEEN.add(bucket.name())).isTrue();
    client.putObject(b -> b.bucket(bucket.name()).key("k"), RequestBody.fromString("v"));
    assertThat(client.listBuckets().buckets())
        .extracting(Bucket::name)
        .as("buckets of earlier tests are gone")
        .contains(bucket.name())
        .noneMatch(name -> SEEN.contains(name) && !name.equals(bucket.name()));
  }

  @Test
  void typesOfOnesOwn(Feed feed, S3Bucket bucket) {
    assertThat(feed.location()).isEqualTo(bucket.location("in"));
  }

  @Nested
  @NeuralLakeTest(lifecycle = Lifecycle.PER_CLASS)
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class PerClass {
    private S3Server server;

    @RepeatedTest(2)
    void oneServerForTheClass(S3Server given, S3Bucket bucket) {
      assertThat(given).isNotSameAs(EmbeddedS3.shared());
      assertThat(bucket.endpoint()).isEqualTo(given.endpoint());
      assertThat(server == null ? given : server).isSameAs(given);
      server = given;
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class PerMethod {
    private EmbeddedS3 earlier;

    @RepeatedTest(2)
    @NeuralLakeTest(lifecycle = Lifecycle.PER_METHOD)
    void aServerForEachMethod(EmbeddedS3 given, S3Bucket bucket) {
      assertThat(given.isRunning()).isTrue();
      assertThat(bucket.endpoint()).isEqualTo(given.endpoint());
      if (earlier != null) {
        assertThat(given).isNotSameAs(earlier);
        assertThat(earlier.isRunning()).isFalse();
      }
      earlier = given;
    }
  }

  /** A server that runs already, here one of another JVM's: it is used and not stopped. */
  @Test
  void endpointIsUsedAndNotStopped() throws Exception {
    long start = System.nanoTime();
    try (EmbeddedS3 running = EmbeddedS3.builder().inMemory().start()) {
      System.out.println("embedded S3 up after " + (System.nanoTime() - start) / 1_000_000 + " ms");
      System.setProperty("neuralake.test.s3.endpoint", running.endpoint().toString());
      try (TestServers servers = TestServers.own(Backend.ENDPOINT, "");
          TestResources resources = TestResources.open(servers, "remote")) {
        NeuralTable table = resources.table();
        table.create(NeuralSignal.class).commit();
        assertThat(resources.bucket().endpoint()).isEqualTo(running.endpoint());
      } finally {
        System.clearProperty("neuralake.test.s3.endpoint");
      }
      assertThat(running.isRunning()).isTrue();
      try (S3Client client = running.connection().newClient()) {
        assertThat(client.listBuckets().buckets()).isEmpty();
      }
    }
  }

  @Test
  void proxyStandsBeforeTheServer(S3Bucket bucket, HttpFaultProxy proxy) {
    try (S3Client client = bucket.through(proxy.endpoint()).newClient()) {
      client.listObjectsV2(b -> b.bucket(bucket.name()));
    }
    assertThat(proxy.requests()).hasSize(1);
  }

  @RepeatedTest(2)
  void tableIsNewAndInTheBucket(NeuralTable table, NeuralLake lake, S3Bucket bucket) {
    assertThat(table.location()).isEqualTo(bucket.location("table"));
    assertThat(table.exists()).isFalse();
    List<NeuralSignal> rows = NeuralSignals.seeded(7).take(100);
    table.create(NeuralSignal.class).commit();
    table.append(rows).commit();
    try (Rows<NeuralSignal> read =
        lake.table(bucket.location("table")).scan().as(NeuralSignal.class)) {
      assertThat(read.stream().toList()).containsExactlyInAnyOrderElementsOf(rows);
    }
  }

  @Test
  void lakeIsClosedWithTheResources() throws Exception {
    TestResources resources = TestResources.open("by-hand");
    NeuralLake lake = resources.lake();
    assertThat(resources.lake()).isSameAs(lake);
    assertThat(resources.table()).isSameAs(resources.table());
    String bucket = resources.bucket().name();
    resources.close();
    assertThatThrownBy(() -> lake.table("s3://" + bucket + "/table"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("s3://" + bucket + "/table: the lake is closed; build a new one.");
  }

  @Test
  void resourcesEndInReverseOrderEvenIfOneFails() throws Exception {
    List<String> ended = new ArrayList<>();
    TestResources resources = TestResources.open("by-hand");
    String bucket = resources.bucket().name();
    resources.onClose(() -> ended.add("first"));
    resources.onClose(
        () -> {
          throw new IllegalStateException("cannot end");
        });
    resources.onClose(() -> ended.add("last"));

    assertThatThrownBy(resources::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cannot end");
    assertThat(ended).containsExactly("last", "first");
    try (S3Client client = EmbeddedS3.shared().connection().newClient()) {
      assertThat(client.listBuckets().buckets()).noneMatch(b -> b.name().equals(bucket));
    }
  }
}
