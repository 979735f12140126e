package io.neuralake.lock.dynamodb;

import io.neuralake.lock.LeaseProvider;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * Leases in a table of DynamoDB: keys {@code tablePath} and {@code lockId}, attributes {@code
 * owner} (missing once it is released), {@code token}, {@code expiresAt} (epoch milliseconds), and
 * {@code ttl} (epoch seconds), after which DynamoDB deletes the item. The first token of an item is
 * the time, so tokens grow over that too. Thread-safe.
 */
public final class DynamoDbLeases implements LeaseProvider {
  private static final String TABLE_PATH = "tablePath";
  private static final String LOCK_ID = "lockId";
  private static final Duration KEPT = Duration.ofDays(1);

  private final Connection connection;
  private final LockTable table;

  private DynamoDbLeases(DynamoDb settings) {
    this.connection = new Connection(settings);
    this.table =
        new LockTable(
            connection,
            settings.leaseTable(),
            TABLE_PATH,
            LOCK_ID,
            "ttl",
            settings.createIfMissing());
  }

  /**
   * The leases in {@link DynamoDb#leaseTable(String)}. No I/O.
   *
   * @throws io.neuralake.error.InvalidRequestException if the settings do not fit together
   */
  public static DynamoDbLeases of(DynamoDb settings) {
    return new DynamoDbLeases(settings);
  }

  private static Map<String, AttributeValue> key(String tablePath, String lock) {
    return Map.of(TABLE_PATH, AttributeValue.fromS(tablePath), LOCK_ID, AttributeValue.fromS(lock));
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  private static Map<String, AttributeValue> expiry(Instant until) {
    return new HashMap<>(
        Map.of(
            ":until", number(until.toEpochMilli()),
            ":ttl", number(until.plus(KEPT).getEpochSecond())));
  }

  @Override
  public Optional<Grant> tryAcquire(
      String tablePath, String lock, String owner, Instant now, Instant until) throws IOException {
    table.ensure();
    Map<String, AttributeValue> values = expiry(until);
    values.put(":owner", AttributeValue.fromS(owner));
    values.put(":now", number(now.toEpochMilli()));
    values.put(":one", number(1));
    try {
      Map<String, AttributeValue> before =
          connection.call(
              table.name(),
              client ->
                  client
                      .updateItem(
                          r ->
                              r.tableName(table.name())
                                  .key(key(tablePath, lock))
                                  .conditionExpression(
                                      "attribute_not_exists(tablePath) OR"
                                          + " attribute_not_exists(#owner) OR expiresAt < :now")
                                  .updateExpression(
                                      "SET #owner = :owner, expiresAt = :until, #ttl = :ttl,"
                                          + " #token = if_not_exists(#token, :now) + :one")
                                  .expressionAttributeNames(
                                      Map.of("#owner", "owner", "#ttl", "ttl", "#token", "token"))
                                  .expressionAttributeValues(values)
                                  .returnValues(ReturnValue.ALL_OLD)
                                  .returnValuesOnConditionCheckFailure(
                                      ReturnValuesOnConditionCheckFailure.ALL_OLD))
                      .attributes());
      long token = before.isEmpty() ? now.toEpochMilli() : token(before);
      return Optional.of(new Grant(token + 1, before.containsKey("owner")));
    } catch (ConditionalCheckFailedException e) {
      // Our own, if the answer to an earlier try was lost.
      return e.hasItem() && AttributeValue.fromS(owner).equals(e.item().get("owner"))
          ? Optional.of(new Grant(token(e.item()), false))
          : Optional.empty();
    }
  }

  private static long token(Map<String, AttributeValue> item) {
    return Long.parseLong(item.getOrDefault("token", number(0)).n());
  }

  @Override
  public boolean renew(String tablePath, String lock, long token, Instant until)
      throws IOException {
    Map<String, AttributeValue> values = expiry(until);
    return update(
        tablePath,
        lock,
        token,
        "SET expiresAt = :until, #ttl = :ttl",
        Map.of("#ttl", "ttl"),
        values);
  }

  @Override
  public void release(String tablePath, String lock, long token) throws IOException {
    boolean released = update(tablePath, lock, token, "REMOVE #owner", Map.of(), new HashMap<>());
    assert released || token != 0;
  }

  /** Changes an item that is still the token's. */
  private boolean update(
      String tablePath,
      String lock,
      long token,
      String change,
      Map<String, String> moreNames,
      Map<String, AttributeValue> values)
      throws IOException {
    table.ensure();
    Map<String, String> names = new HashMap<>(moreNames);
    names.put("#owner", "owner");
    names.put("#token", "token");
    values.put(":token", number(token));
    try {
      return connection
          .call(
              table.name(),
              client ->
                  client.updateItem(
                      r ->
                          r.tableName(table.name())
                              .key(key(tablePath, lock))
                              .conditionExpression("#token = :token AND attribute_exists(#owner)")
                              .updateExpression(change)
                              .expressionAttributeNames(names)
                              .expressionAttributeValues(values)))
          .sdkHttpResponse()
          .isSuccessful();
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
