package io.neuralake.lock.dynamodb;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A claim on a file of a table's log.
 *
 * @param tablePath the table as Spark sees it, without a trailing slash
 * @param fileName the file claimed, relative to {@code _delta_log}
 * @param tempPath the file that holds its content, relative to {@code _delta_log}
 * @param complete whether the content was copied to its place
 * @param expireTime from when on the entry may vanish, in epoch seconds; null while it is not
 *     complete
 */
record Entry(
    String tablePath,
    String fileName,
    String tempPath,
    boolean complete,
    @Nullable Long expireTime) {
  static final String TABLE_PATH = "tablePath";
  static final String FILE_NAME = "fileName";
  static final String TEMP_PATH = "tempPath";
  static final String COMPLETE = "complete";
  static final String EXPIRE_TIME = "expireTime";

  Entry completed(long expiresAtSecond) {
    return new Entry(tablePath, fileName, tempPath, true, expiresAtSecond);
  }

  static Map<String, AttributeValue> key(String tablePath, String fileName) {
    return Map.of(
        TABLE_PATH, AttributeValue.fromS(tablePath), FILE_NAME, AttributeValue.fromS(fileName));
  }

  Map<String, AttributeValue> item() {
    Map<String, AttributeValue> item = new HashMap<>(key(tablePath, fileName));
    item.put(TEMP_PATH, AttributeValue.fromS(tempPath));
    item.put(COMPLETE, AttributeValue.fromS(Boolean.toString(complete)));
    if (expireTime != null) {
      item.put(EXPIRE_TIME, AttributeValue.fromN(expireTime.toString()));
    }
    return item;
  }

  /**
   * Reads an item.
   *
   * @throws IllegalArgumentException if it is not one of this protocol
   */
  static Entry of(Map<String, AttributeValue> item) {
    AttributeValue expires = item.get(EXPIRE_TIME);
    return new Entry(
        text(item, TABLE_PATH),
        text(item, FILE_NAME),
        text(item, TEMP_PATH),
        "true".equals(text(item, COMPLETE)),
        expires == null || expires.n() == null ? null : Long.valueOf(expires.n()));
  }

  private static String text(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    if (value == null || value.s() == null) {
      throw new IllegalArgumentException("An item has no text attribute '" + name + "'");
    }
    return value.s();
  }
}
