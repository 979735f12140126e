package io.neuralake.testkit.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

@NeuralLakeTest
class HttpFaultProxyIT {
  private S3Bucket bucket;
  private HttpFaultProxy proxy;
  private S3Client client;

  @BeforeEach
  void connect(S3Bucket given, HttpFaultProxy between) {
    bucket = given;
    proxy = between;
    client = given.connection().through(between.endpoint()).newClientWithoutRetries();
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private void put(String key, String content) {
    client.putObject(b -> b.bucket(bucket.name()).key(key), RequestBody.fromString(content));
  }

  private String get(String key) {
    return client.getObjectAsBytes(b -> b.bucket(bucket.name()).key(key)).asUtf8String();
  }

  @Test
  void recordsWhatPasses() {
    put("a/x y+%.json", "hello");
    assertThat(get("a/x y+%.json")).isEqualTo("hello");
    client.headObject(b -> b.bucket(bucket.name()).key("a/x y+%.json"));
    client.listObjectsV2(b -> b.bucket(bucket.name()).prefix("a/"));
    assertThatThrownBy(() -> get("none"))
        .isInstanceOf(NoSuchKeyException.class)
        .hasMessageContaining("404");

    List<RecordedRequest> requests = proxy.requests();
    assertThat(requests)
        .extracting(RecordedRequest::method)
        .as(proxy.summary())
        .containsExactly("PUT", "GET", "HEAD", "GET", "GET");
    assertThat(requests)
        .extracting(RecordedRequest::status)
        .containsExactly(200, 200, 200, 200, 404);
    assertThat(requests.get(0).target()).isEqualTo("/" + bucket.name() + "/a/x%20y%2B%25.json");
    assertThat(requests.get(0).bytesIn()).isGreaterThanOrEqualTo(5);
    assertThat(requests.get(1).bytesOut()).isEqualTo(5);
    assertThat(requests.get(2).bytesOut()).isZero();
    assertThat(requests.get(3).target()).contains("prefix=a");
    assertThat(proxy.count("GET")).isEqualTo(3);
    assertThat(proxy.count("GET", "list-type=2")).isEqualTo(1);
    assertThat(proxy.summary()).startsWith("5 requests {GET=3, HEAD=1, PUT=1}\n  #1 PUT /");
    proxy.reset();
    assertThat(proxy.requests()).isEmpty();
  }

  @Test
  void streamsLargeAndChunkedBodies() {
    byte[] content = new byte[20_000_000];
    new Random(1).nextBytes(content);
    client.putObject(b -> b.bucket(bucket.name()).key("big"), RequestBody.fromBytes(content));
    // Of unknown length: the SDK sends it aws-chunked.
    client.putObject(
        b -> b.bucket(bucket.name()).key("stream"),
        RequestBody.fromContentProvider(
            ContentStreamProvider.fromByteArray(content), content.length, "application/x-test"));

    assertThat(client.getObjectAsBytes(b -> b.bucket(bucket.name()).key("big")).asByteArray())
        .isEqualTo(content);
    assertThat(client.getObjectAsBytes(b -> b.bucket(bucket.name()).key("stream")).asByteArray())
        .isEqualTo(content);
    assertThat(proxy.requests().get(0).bytesIn()).isGreaterThanOrEqualTo(content.length);
    assertThat(proxy.requests().get(2).bytesOut()).isEqualTo(content.length);
  }

  @Test
  void lostResponseTookEffect() {
    InjectedRule rule =
        proxy.inject(Rule.when("PUT", "x\\.json$").nth(2).dropResponseAfterEffect());
    put("1/x.json", "one");
    assertThatThrownBy(() -> put("2/x.json", "two"))
        .isInstanceOf(SdkClientException.class)
        .hasMessageContaining("Unable to execute HTTP request");
    put("3/x.json", "three");

    assertThat(get("2/x.json")).isEqualTo("two");
    assertThat(rule.matched()).isEqualTo(3);
    assertThat(rule.injected()).isEqualTo(1);
    assertThat(proxy.faultsInjected()).isEqualTo(1);
    assertThat(proxy.requests().get(1).fault()).contains("dropResponseAfterEffect");
    assertThat(proxy.requests().get(1).status()).isEqualTo(200);
  }

  @Test
  void resetRequestTookNoEffect() {
    proxy.inject(Rule.when("PUT", ".*").first(1).resetBefore());
    assertThatThrownBy(() -> put("k", "v"))
        .isInstanceOf(SdkClientException.class)
        .hasMessageContaining("Unable to execute HTTP request");

    assertThatThrownBy(() -> get("k"))
        .isInstanceOf(NoSuchKeyException.class)
        .hasMessageContaining("404");
    assertThat(proxy.requests().get(0).status()).isZero();
  }

  @Test
  void sdkRetriesThroughFaults() {
    proxy.inject(Rule.when("PUT", ".*").nth(1).dropResponseAfterEffect());
    proxy.inject(
        Rule.when("PUT", ".*").nth(2).respond(503, "<Error><Code>SlowDown</Code></Error>"));
    try (S3Client retrying = bucket.through(proxy.endpoint()).newClient()) {
      // The first attempt wrote the key, so the third is told that it exists: an unknown outcome.
      assertThatThrownBy(
              () ->
                  retrying.putObject(
                      b -> b.bucket(bucket.name()).key("k").ifNoneMatch("*"),
                      RequestBody.fromString("v")))
          .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412))
          .hasMessageContaining("412");
    }
    assertThat(proxy.requests())
        .extracting(RecordedRequest::status)
        .as(proxy.summary())
        .containsExactly(200, 503, 412);
  }

  @Test
  void answersInPlaceOfTheServer() {
    proxy.inject(
        Rule.when("*", "/k$").every(2).respond(503, "<Error><Code>SlowDown</Code></Error>"));
    put("k", "v");
    assertThatThrownBy(() -> get("k"))
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(503);
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo("SlowDown");
            })
        .hasMessageContaining("503");
    assertThat(get("k")).isEqualTo("v");
    proxy.clearRules();
    assertThat(get("k")).isEqualTo("v");
  }

  @Test
  void duplicatedConditionalPutLosesAgainstItself() {
    proxy.inject(Rule.when("PUT", "/k$").nth(1).duplicateRequest());
    assertThatThrownBy(
            () ->
                client.putObject(
                    b -> b.bucket(bucket.name()).key("k").ifNoneMatch("*"),
                    RequestBody.fromString("v")))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412))
        .hasMessageContaining("412");

    assertThat(get("k")).isEqualTo("v");
    assertThat(proxy.count("PUT")).isEqualTo(2);
  }

  @Test
  void truncatedResponseIsNoticed() {
    put("k", "0123456789");
    proxy.inject(Rule.when("GET", "/k$").nth(1).truncateResponse(4));

    assertThatThrownBy(() -> get("k"))
        .isInstanceOf(SdkClientException.class)
        .hasMessageNotContaining("0123");
    assertThat(proxy.requests().get(1).bytesOut()).isEqualTo(4);
    assertThat(get("k")).isEqualTo("0123456789");
  }

  @Test
  void gateHoldsTheAnswerOfAnEffect() throws Exception {
    Gate gate = new Gate();
    proxy.inject(Rule.when("PUT", "/k$").holdResponse(gate));
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> put("k", "v"));
    gate.awaitArrival(Duration.ofSeconds(30));

    assertThat(get("k")).isEqualTo("v");
    assertThat(writer).isNotDone();
    gate.open();
    writer.get(30, TimeUnit.SECONDS);
  }

  @Test
  void gateHoldsARequestBeforeItsEffect() throws Exception {
    Gate gate = new Gate();
    proxy.inject(Rule.when("PUT", "/k$").holdRequest(gate));
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> put("k", "v"));
    gate.awaitArrival(Duration.ofSeconds(30));

    assertThatThrownBy(() -> get("k"))
        .isInstanceOf(NoSuchKeyException.class)
        .hasMessageContaining("404");
    gate.open();
    writer.get(30, TimeUnit.SECONDS);
    assertThat(get("k")).isEqualTo("v");
  }

  /** What a client asked before it died may still take effect, but not after the wait. */
  @Test
  void waitsUntilADeadClientsRequestHasTakenEffect() throws Exception {
    List<String> effects = Collections.synchronizedList(new ArrayList<>());
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        exchange -> {
          effects.add(new String(exchange.getRequestBody().readAllBytes(), US_ASCII));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    Gate gate = new Gate();
    URI target = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    try (HttpFaultProxy own = HttpFaultProxy.inFrontOf(target)) {
      own.inject(Rule.when("PUT", "/k$").holdRequest(gate));
      try (Socket dying = new Socket("127.0.0.1", own.endpoint().getPort())) {
        dying
            .getOutputStream()
            .write("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi".getBytes(US_ASCII));
        gate.awaitArrival(Duration.ofSeconds(30));
        assertThatThrownBy(() -> own.awaitDisconnected(Duration.ofMillis(1)))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("still connected");
      }
      assertThat(effects).isEmpty();
      gate.open();
      own.awaitDisconnected(Duration.ofSeconds(30));
      assertThat(effects).containsExactly("hi");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void delayIsWhatTheDelayerMakesOfIt() {
    List<Duration> asked = Collections.synchronizedList(new ArrayList<>());
    try (HttpFaultProxy slow = HttpFaultProxy.inFrontOf(bucket.endpoint(), asked::add);
        S3Client through = bucket.through(slow.endpoint()).newClient()) {
      slow.inject(Rule.when("PUT", ".*").delay(Duration.ofHours(3)));
      through.putObject(b -> b.bucket(bucket.name()).key("k"), RequestBody.fromString("v"));
    }
    assertThat(asked).containsExactly(Duration.ofHours(3));
  }

  @Test
  void unreachableServerLooksUnreachable() throws Exception {
    int free;
    try (ServerSocket probe = new ServerSocket(0)) {
      free = probe.getLocalPort();
    }
    try (HttpFaultProxy nowhere = HttpFaultProxy.inFrontOf(URI.create("http://127.0.0.1:" + free));
        S3Client through =
            bucket.connection().through(nowhere.endpoint()).newClientWithoutRetries()) {
      assertThatThrownBy(through::listBuckets)
          .isInstanceOf(SdkClientException.class)
          .hasMessageContaining("Unable to execute HTTP request");
      assertThat(nowhere.requests().get(0).fault().orElseThrow()).contains("connection failed");
    }
  }

  @Test
  void closeEndsThreadsAndHeldRequests() throws Exception {
    Gate gate = new Gate();
    HttpFaultProxy own = HttpFaultProxy.inFrontOf(bucket.endpoint());
    own.inject(Rule.when("GET", ".*").holdRequest(gate));
    String threads = "neuralake-fault-proxy-" + own.endpoint().getPort();
    CompletableFuture<Integer> held =
        CompletableFuture.supplyAsync(
            () -> {
              try (InputStream in = own.endpoint().toURL().openStream()) {
                return in.read();
              } catch (java.io.IOException e) {
                return -2;
              }
            });
    gate.awaitArrival(Duration.ofSeconds(30));
    own.close();

    assertThat(held.get(30, TimeUnit.SECONDS)).isEqualTo(-2);
    assertThat(Thread.getAllStackTraces().keySet()).noneMatch(t -> t.getName().startsWith(threads));
  }
}
