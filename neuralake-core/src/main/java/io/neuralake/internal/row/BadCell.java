package io.neuralake.internal.row;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value that its column cannot take; the row's number is added where it is known. */
final class BadCell extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_SHOWN = 60;

  private BadCell(String message) {
    super(message, null, false, false);
  }

  static BadCell of(String path, String problem) {
    return new BadCell((path.isEmpty() ? "" : "column '" + path + "': ") + problem);
  }

  static BadCell mismatch(String path, String expected, @Nullable Object found) {
    return of(path, "expected " + expected + ", found " + describe(found));
  }

  static BadCell misfit(String path, String expected, @Nullable Object found, String why) {
    return of(path, "expected " + expected + ", found " + describe(found) + " (" + why + ")");
  }

  static BadCell missing(String path, String expected) {
    return of(
        path, "expected a value of type " + expected + ", found null; the column is NOT NULL");
  }

  /** The message of a problem in one row of a stream. */
  String inRow(long row) {
    return "row " + row + ", " + getMessage();
  }

  /** Type and value in short, for messages. */
  static String describe(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    String type = typeName(value.getClass());
    if (value instanceof CharSequence text) {
      return type + " \"" + abbreviate(text) + "\"";
    } else if (value instanceof byte[] bytes) {
      return "byte[" + bytes.length + "]";
    } else if (value instanceof ByteBuffer buffer) {
      return "ByteBuffer of " + buffer.remaining() + " bytes";
    } else if (value instanceof Collection<?> values) {
      return type + " of " + values.size() + " elements";
    } else if (value instanceof Map<?, ?> map) {
      return type + " of " + map.size() + " entries";
    } else if (value.getClass().isArray()) {
      return type;
    }
    return type + " " + abbreviate(value.toString());
  }

  private static String typeName(Class<?> type) {
    String simple = type.getSimpleName();
    return simple.isEmpty() || simple.toLowerCase(Locale.ROOT).contains("lambda")
        ? type.getName()
        : simple;
  }

  private static String abbreviate(CharSequence text) {
    return text.length() <= MAX_SHOWN
        ? text.toString()
        : text.subSequence(0, MAX_SHOWN - 3) + "...";
  }
}
