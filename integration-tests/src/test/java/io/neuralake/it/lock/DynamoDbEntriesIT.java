package io.neuralake.it.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.GroupCommit;
import io.neuralake.lock.dynamodb.DynamoDb;
import io.neuralake.lock.dynamodb.DynamoDbLockProvider;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.EmbeddedDynamoDb;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.s3.S3Client;

/** What is in the lock table, compared with what Delta's own log store writes and expects. */
@NeuralLakeTest
class DynamoDbEntriesIT {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  record Row(int id) {}

  private final String lockTable = EmbeddedDynamoDb.shared().uniqueTable("entries");
  private final DynamoDb settings = LockTables.settings(lockTable);
  private final DynamoDbClient dynamoDb = client(EmbeddedDynamoDb.shared().endpoint());
  private S3Client s3;
  private S3Bucket bucket;
  private NeuralLake lake;
  private NeuralTable table;

  private static DynamoDbClient client(URI endpoint) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClientBuilder(Apache5HttpClient.builder())
        .build();
  }

  @BeforeEach
  void open(S3Bucket testBucket) {
    bucket = testBucket;
    s3 = bucket.newClient();
    lake = lake(settings, bucket);
    table = lake.table(bucket.location("lab/signals/"));
  }

  private static NeuralLake lake(DynamoDb settings, S3Bucket bucket) {
    return NeuralLake.builder()
        .storage(bucket.connection().storage())
        .groupCommit(GroupCommit.off())
        .lock(DynamoDbLockProvider.of(settings, Clock.fixed(NOW, ZoneOffset.UTC), UUID::randomUUID))
        .build();
  }

  @AfterEach
  void close() {
    lake.close();
    dynamoDb.close();
    s3.close();
  }

  private List<Integer> ids(NeuralTable of) {
    try (var rows = of.scan().as(Row.class)) {
      return rows.stream().map(Row::id).sorted().toList();
    }
  }

  private void append(int id) {
    table.append(List.of(new Row(id))).commit();
  }

  private static String commit(int version) {
    return "%020d.json".formatted(version);
  }

  private String key(String file) {
    return "lab/signals/_delta_log/" + file;
  }

  private String path() {
    return "s3a://" + bucket.name() + "/lab/signals";
  }

  private Map<String, AttributeValue> item(int version) {
    return dynamoDb
        .getItem(
            r ->
                r.tableName(lockTable)
                    .key(
                        Map.of(
                            "tablePath", AttributeValue.fromS(path()),
                            "fileName", AttributeValue.fromS(commit(version)))))
        .item();
  }

  private void put(String path, int version, String temp, boolean complete) {
    dynamoDb.putItem(
        r ->
            r.tableName(lockTable)
                .item(
                    Map.of(
                        "tablePath", AttributeValue.fromS(path),
                        "fileName", AttributeValue.fromS(commit(version)),
                        "tempPath", AttributeValue.fromS(temp),
                        "complete", AttributeValue.fromS(Boolean.toString(complete)))));
  }

  private List<String> log() {
    return s3
        .listObjectsV2(r -> r.bucket(bucket.name()).prefix("lab/signals/_delta_log/"))
        .contents()
        .stream()
        .map(o -> o.key().substring(key("").length()))
        .toList();
  }

  private void deleteTable() {
    s3.listObjectsV2(r -> r.bucket(bucket.name()).prefix("lab/signals/"))
        .contents()
        .forEach(o -> s3.deleteObject(r -> r.bucket(bucket.name()).key(o.key())));
  }

  @Test
  void itemsAreThoseOfDeltasLogStore() {
    table.create(Row.class).commit();
    append(1);
    Map<String, AttributeValue> item = item(1);
    assertThat(item.keySet())
        .containsExactlyInAnyOrder("tablePath", "fileName", "tempPath", "complete", "expireTime");
    assertThat(item.get("complete").s()).isEqualTo("true");
    assertThat(item.get("expireTime").n())
        .isEqualTo(Long.toString(NOW.plusSeconds(86_400).getEpochSecond()));
    assertThat(item.get("tempPath").s()).matches("\\.tmp/" + commit(1) + "\\.[0-9a-f-]{36}");
    assertThat(log()).containsExactly(commit(0), commit(1));
  }

  @Test
  void readersFinishWhatSparkLeft() {
    table.create(Row.class).commit();
    append(1);
    String content =
        s3.getObjectAsBytes(r -> r.bucket(bucket.name()).key(key(commit(1)))).asUtf8String();
    // As if Spark had died right after its claim.
    String temp = ".tmp/" + commit(1) + "." + UUID.randomUUID();
    s3.putObject(r -> r.bucket(bucket.name()).key(key(temp)), RequestBody.fromString(content));
    s3.deleteObject(r -> r.bucket(bucket.name()).key(key(commit(1))));
    put(path(), 1, temp, false);
    try (NeuralLake other = lake(settings, bucket)) {
      assertThat(ids(other.table(table.location()))).containsExactly(1);
    }
    assertThat(item(1).get("complete").s()).isEqualTo("true");
    append(2);
    assertThat(ids(table)).containsExactly(1, 2);
  }

  @Test
  void aTableCanBeMadeAnewWhereOneWasDeleted() {
    table.create(Row.class).commit();
    append(1);
    append(2);
    deleteTable();
    put(path(), 3, ".tmp/gone", false);
    try (NeuralLake other = lake(settings, bucket)) {
      NeuralTable anew = other.table(table.location());
      anew.create(Row.class).commit();
      IntStream.range(10, 14).forEach(i -> anew.append(List.of(new Row(i))).commit());
      assertThat(ids(anew)).containsExactly(10, 11, 12, 13);
    }
    assertThat(log()).contains(commit(0), commit(4)).noneMatch(name -> name.startsWith(".tmp"));
  }

  @Test
  void aWriterThatGoesAroundTheLockTableIsFound() {
    table.create(Row.class).commit();
    append(1);
    try (NeuralLake conditionalPut = bucket.newLake()) {
      conditionalPut.table(table.location()).append(List.of(new Row(2))).commit();
    }
    assertThatThrownBy(() -> append(3))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(commit(2) + " was written by a writer that does not use lock table")
        .hasMessageContaining("spark.delta.logStore.s3a.impl");
    append(4);
    assertThat(ids(table)).containsExactly(1, 2, 4);
  }

  @Test
  void aWriterThatSeesTheTableUnderTheOtherSchemeIsFound() {
    lake.table(bucket.location("any")).create(Row.class).commit();
    put(path().replace("s3a:", "s3:"), 4, ".tmp/x", true);
    assertThatThrownBy(() -> table.create(Row.class).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("has entries of s3://" + bucket.name() + "/lab/signals,")
        .hasMessageContaining("NEURALAKE_DYNAMODB_PATH_SCHEME");
    try (NeuralLake other = lake(settings.pathScheme("s3"), bucket)) {
      other.table(table.location()).create(Row.class).commit();
    }
  }

  @Test
  void aLockTableThatIsMissingOrWrongIsRefusedWithItsDefinition() {
    try (NeuralLake other = lake(settings.createIfMissing(false).table("missing"), bucket)) {
      assertThatThrownBy(() -> other.table(table.location()).create(Row.class).commit())
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageStartingWith("Lock table missing does not exist.")
          .hasMessageContaining("AttributeName=fileName,KeyType=RANGE")
          .hasMessageContaining("time to live on 'expireTime'");
    }
    String wrong = EmbeddedDynamoDb.shared().uniqueTable("wrong");
    dynamoDb.createTable(
        r ->
            r.tableName(wrong)
                .billingMode("PAY_PER_REQUEST")
                .keySchema(k -> k.attributeName("key").keyType(KeyType.HASH))
                .attributeDefinitions(
                    a -> a.attributeName("key").attributeType(ScalarAttributeType.S)));
    try (NeuralLake other = lake(settings.table(wrong), bucket)) {
      assertThatThrownBy(() -> other.table(table.location()).create(Row.class).commit())
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageStartingWith("Lock table " + wrong + " has the keys [HASH key S].");
    }
  }

  @Test
  void expiryIsSwitchedOnWhereTheLockTableIsCreated() {
    table.create(Row.class).commit();
    assertThat(dynamoDb.describeTimeToLive(r -> r.tableName(lockTable)).timeToLiveDescription())
        .hasToString("TimeToLiveDescription(TimeToLiveStatus=ENABLED, AttributeName=expireTime)");
  }

  /** The cost of a commit, which the guide to lock providers names. */
  @Test
  void requestsOfAnAppendAndOfOpening(HttpFaultProxy proxy) {
    table.create(Row.class).commit();
    try (HttpFaultProxy entries = HttpFaultProxy.inFrontOf(EmbeddedDynamoDb.shared().endpoint());
        NeuralLake counted =
            lake(
                LockTables.settings(lockTable, entries.endpoint()),
                bucket.through(proxy.endpoint()))) {
      NeuralTable same = counted.table(table.location());
      same.append(List.of(new Row(1))).commit();
      proxy.reset();
      entries.reset();
      same.append(List.of(new Row(2))).commit();
      assertThat(
              proxy.requests().stream()
                  .map(
                      r ->
                          r.method()
                              + " "
                              + r.target()
                                  .replaceAll("^/[^/?]+/?(lab/signals/)?", "")
                                  .replaceAll("part-.*", "part")
                                  .replaceAll("json\\..*", "json.id"))
                  .toList())
          .containsExactly(
              "PUT part",
              "PUT _delta_log/.tmp/" + commit(2) + ".id",
              "HEAD _delta_log/" + commit(2),
              "PUT _delta_log/" + commit(2),
              "POST ?delete");
      assertThat(entries.count("POST")).as("entry before, claim, completion").isEqualTo(3);
      entries.reset();
      same.version();
      assertThat(entries.count("POST")).as("newest entry").isEqualTo(1);
    }
  }
}
