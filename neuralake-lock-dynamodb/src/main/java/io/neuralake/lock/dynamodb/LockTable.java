package io.neuralake.lock.dynamodb;

import io.neuralake.error.InvalidRequestException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/**
 * A table in DynamoDB with two text keys and an expiry, which is looked at once, and created if
 * that was asked for. Thread-safe.
 */
final class LockTable {
  private static final Logger LOG = LoggerFactory.getLogger(LockTable.class);

  private final Connection connection;
  private final String name;
  private final String hashKey;
  private final String rangeKey;
  private final String expiry;
  private final boolean create;
  private boolean checked;

  LockTable(
      Connection connection,
      String name,
      String hashKey,
      String rangeKey,
      String expiry,
      boolean create) {
    this.connection = connection;
    this.name = name;
    this.hashKey = hashKey;
    this.rangeKey = rangeKey;
    this.expiry = expiry;
    this.create = create;
  }

  String name() {
    return name;
  }

  /**
   * Makes sure that the table is there and as it must be.
   *
   * @throws InvalidRequestException if it is not; the message shows its definition
   */
  synchronized void ensure() throws IOException {
    if (!checked) {
      boolean made = false;
      TableDescription table;
      try {
        table = describe();
      } catch (ResourceNotFoundException e) {
        if (!create) {
          throw refused("does not exist");
        }
        table = make();
        made = true;
      }
      if (table.tableStatus() == TableStatus.CREATING) {
        connection.call(
            name, client -> client.waiter().waitUntilTableExists(r -> r.tableName(name)));
      }
      checkKeys(table);
      if (made) {
        refine();
      } else {
        checkExpiry();
      }
      checked = true;
    }
  }

  private TableDescription describe() throws IOException {
    return connection.call(name, client -> client.describeTable(r -> r.tableName(name)).table());
  }

  private TableDescription make() throws IOException {
    LOG.info("{}: creating the lock table", name);
    return connection.call(
        name,
        client -> {
          try {
            return client
                .createTable(
                    r ->
                        r.tableName(name)
                            .billingMode(BillingMode.PAY_PER_REQUEST)
                            .keySchema(
                                List.of(key(hashKey, KeyType.HASH), key(rangeKey, KeyType.RANGE)))
                            .attributeDefinitions(List.of(text(hashKey), text(rangeKey))))
                .tableDescription();
          } catch (ResourceInUseException e) {
            return client.describeTable(r -> r.tableName(name)).table(); // another made it
          }
        });
  }

  private static KeySchemaElement key(String attribute, KeyType type) {
    return KeySchemaElement.builder().attributeName(attribute).keyType(type).build();
  }

  private static AttributeDefinition text(String attribute) {
    return AttributeDefinition.builder()
        .attributeName(attribute)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private void checkKeys(TableDescription table) {
    Map<String, String> types =
        table.attributeDefinitions().stream()
            .collect(Collectors.toMap(a -> a.attributeName(), a -> a.attributeTypeAsString()));
    List<String> keys =
        table.keySchema().stream()
            .map(
                k ->
                    k.keyTypeAsString()
                        + " "
                        + k.attributeName()
                        + " "
                        + types.get(k.attributeName()))
            .toList();
    if (!keys.equals(List.of("HASH " + hashKey + " S", "RANGE " + rangeKey + " S"))) {
      throw refused("has the keys " + keys);
    }
  }

  /** What a table works without: expiry and backups, as far as service and permissions allow. */
  private void refine() throws IOException {
    attempt(
        "expiry of entries",
        client ->
            client.updateTimeToLive(
                r ->
                    r.tableName(name)
                        .timeToLiveSpecification(t -> t.attributeName(expiry).enabled(true))));
    attempt(
        "point-in-time recovery",
        client ->
            client.updateContinuousBackups(
                r ->
                    r.tableName(name)
                        .pointInTimeRecoverySpecification(
                            p -> p.pointInTimeRecoveryEnabled(true))));
  }

  private void attempt(String what, Consumer<DynamoDbClient> change) throws IOException {
    boolean done =
        connection.call(
            name,
            client -> {
              try {
                change.accept(client);
                return true;
              } catch (SdkException e) {
                LOG.info("{}: the lock table has no {}: {}", name, what, e.getMessage());
                return false;
              }
            });
    LOG.debug("{}: {} {}", name, what, done ? "on" : "off");
  }

  private void checkExpiry() throws IOException {
    attempt(
        "expiry of entries that could be checked",
        client -> {
          TimeToLiveDescription found =
              client.describeTimeToLive(r -> r.tableName(name)).timeToLiveDescription();
          boolean on =
              found.timeToLiveStatus() == TimeToLiveStatus.ENABLED
                  || found.timeToLiveStatus() == TimeToLiveStatus.ENABLING;
          if (!on || !expiry.equals(found.attributeName())) {
            LOG.warn(
                "{}: entries of the lock table never expire; it will grow. Enable its time to live"
                    + " on attribute {}.",
                name,
                expiry);
          }
        });
  }

  private InvalidRequestException refused(String problem) {
    return new InvalidRequestException(
        "Lock table "
            + name
            + " "
            + problem
            + ". It must have a text partition key '"
            + hashKey
            + "', a text sort key '"
            + rangeKey
            + "' and time to live on '"
            + expiry
            + "': aws dynamodb create-table --table-name "
            + name
            + " --attribute-definitions AttributeName="
            + hashKey
            + ",AttributeType=S AttributeName="
            + rangeKey
            + ",AttributeType=S --key-schema AttributeName="
            + hashKey
            + ",KeyType=HASH AttributeName="
            + rangeKey
            + ",KeyType=RANGE --billing-mode PAY_PER_REQUEST; or have it created by"
            + " DynamoDb.createIfMissing(true) (NEURALAKE_DYNAMODB_CREATE=true).");
  }
}
