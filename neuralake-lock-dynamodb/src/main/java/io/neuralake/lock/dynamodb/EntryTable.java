package io.neuralake.lock.dynamodb;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/** The entries of all tables. Thread-safe. */
final class EntryTable {
  private final Connection connection;
  private final LockTable table;

  EntryTable(Connection connection, DynamoDb settings) {
    this.connection = connection;
    this.table =
        new LockTable(
            connection,
            settings.table(),
            Entry.TABLE_PATH,
            Entry.FILE_NAME,
            Entry.EXPIRE_TIME,
            settings.createIfMissing());
  }

  String name() {
    return table.name();
  }

  /** The entry of a file, as of now; null if there is none. */
  @Nullable Entry get(String tablePath, String fileName) throws IOException {
    Map<String, AttributeValue> item =
        call(
            client ->
                client
                    .getItem(
                        r ->
                            r.tableName(name())
                                .key(Entry.key(tablePath, fileName))
                                .consistentRead(true))
                    .item());
    return item.isEmpty() ? null : entry(item);
  }

  /** The entry of the file whose name is the greatest, as of now; null if there is none. */
  @Nullable Entry latest(String tablePath) throws IOException {
    List<Map<String, AttributeValue>> items =
        call(
            client ->
                client
                    .query(
                        r ->
                            r.tableName(name())
                                .keyConditionExpression(Entry.TABLE_PATH + " = :path")
                                .expressionAttributeValues(
                                    Map.of(":path", AttributeValue.fromS(tablePath)))
                                .consistentRead(true)
                                .scanIndexForward(false)
                                .limit(1))
                    .items());
    return items.isEmpty() ? null : entry(items.get(0));
  }

  /**
   * Claims a file: the step that decides. An answer that was lost does no harm, as an entry is
   * known by its temporary file.
   *
   * @return the entry of another who has it; null if it is ours
   */
  @Nullable Entry claim(Entry wanted) throws IOException {
    return put(wanted, "attribute_not_exists(" + Entry.FILE_NAME + ")", Map.of());
  }

  /** Claims a file whose entry is a remnant. Like {@link #claim}, if that is still the same. */
  @Nullable Entry replace(Entry remnant, Entry wanted) throws IOException {
    return put(
        wanted,
        Entry.TEMP_PATH + " = :temp AND " + Entry.COMPLETE + " = :complete",
        Map.of(
            ":temp", AttributeValue.fromS(remnant.tempPath()),
            ":complete", AttributeValue.fromS(Boolean.toString(remnant.complete()))));
  }

  /** Notes that an entry's file is in its place; does nothing if it is another's entry by now. */
  void complete(Entry entry, long expiresAtSecond) throws IOException {
    try {
      put(
          entry.completed(expiresAtSecond),
          Entry.TEMP_PATH + " = :temp",
          Map.of(":temp", AttributeValue.fromS(entry.tempPath())));
    } catch (EntryGone e) {
      // It expired, so it was complete.
    }
  }

  /** Null if the entry was put, or is there already; else the one that is there. */
  private @Nullable Entry put(
      Entry entry, String condition, Map<String, AttributeValue> conditionValues)
      throws IOException {
    try {
      call(
          client ->
              client.putItem(
                  r -> {
                    r.tableName(name())
                        .item(entry.item())
                        .conditionExpression(condition)
                        .returnValuesOnConditionCheckFailure(
                            ReturnValuesOnConditionCheckFailure.ALL_OLD);
                    if (!conditionValues.isEmpty()) {
                      r.expressionAttributeValues(conditionValues);
                    }
                  }));
      return null;
    } catch (ConditionalCheckFailedException e) {
      Entry other =
          e.hasItem() && !e.item().isEmpty()
              ? entry(e.item())
              : get(entry.tablePath(), entry.fileName());
      if (other == null) {
        throw new EntryGone(name() + ": the entry of " + entry.fileName() + " vanished.", e);
      }
      return other.tempPath().equals(entry.tempPath()) ? null : other;
    }
  }

  private <T> T call(Function<DynamoDbClient, T> request) throws IOException {
    table.ensure();
    try {
      return connection.call(name(), request);
    } catch (ResourceNotFoundException e) {
      throw new IOException(name() + ": the lock table is gone. Create it again.", e);
    }
  }

  private Entry entry(Map<String, AttributeValue> item) throws IOException {
    try {
      return Entry.of(item);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          name() + ": " + e.getMessage() + "; is it the table of another program?", e);
    }
  }

  /** An entry that a condition was about is not there any more. */
  private static final class EntryGone extends IOException {
    EntryGone(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
