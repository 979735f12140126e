package io.neuralake.read;

import io.neuralake.error.InvalidRequestException;
import java.io.Serializable;

/**
 * How far the changes of a table have been read: small enough to be stored with whatever was made
 * of them. {@link #toString} and {@link #parse} turn it into text and back.
 *
 * @param tableId the identity of the table, which one created anew at the same place does not share
 * @param version the last version that was read; -1 before the first
 */
public record ChangePosition(String tableId, long version) implements Serializable {

  /**
   * Reads what {@link #toString} has written.
   *
   * @throws InvalidRequestException if it is something else
   */
  public static ChangePosition parse(String text) {
    int at = text.lastIndexOf('@');
    try {
      if (at > 0) {
        return new ChangePosition(text.substring(0, at), Long.parseLong(text.substring(at + 1)));
      }
    } catch (NumberFormatException e) {
      throw new InvalidRequestException(malformed(text), e);
    }
    throw new InvalidRequestException(malformed(text));
  }

  private static String malformed(String text) {
    return "'" + text + "' is not the position of a reader of changes, such as <table id>@12.";
  }

  @Override
  public String toString() {
    return tableId + "@" + version;
  }
}
