package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JacksonException;
import io.neuralake.error.CorruptTableException;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON objects of a file of the log, one a line. Not thread-safe. */
final class JsonRows implements Closeable {

  /** Nearly all lines are these; a line is one action. */
  private static final List<String> FILE_ACTIONS = List.of("add", "remove", "cdc");

  private final JsonLines lines;
  private final JsonShape shape;

  /** How lines begin that have nothing for the schema; they are not looked into. */
  private final List<String> skipped;

  private JsonRows(JsonLines lines, JsonShape shape) {
    this.lines = lines;
    this.shape = shape;
    this.skipped =
        FILE_ACTIONS.stream()
            .filter(name -> shape.schema().indexOf(name) < 0)
            .map(name -> "{\"" + name + "\":")
            .toList();
  }

  /**
   * Opens a file.
   *
   * @param size bytes if known, else zero or less
   */
  static JsonRows open(LogFiles files, String location, long size, JsonShape shape)
      throws IOException {
    return new JsonRows(new JsonLines(files.open(location, size), size), shape);
  }

  /**
   * The next object, null at the end.
   *
   * @throws CorruptTableException naming file and line, if it is not one or does not fit
   */
  @Nullable Object @Nullable [] next() throws IOException {
    do {
      if (!lines.next()) {
        return null;
      }
    } while (isSkipped());
    try {
      return shape.read(lines.buffer(), lines.start(), lines.length());
    } catch (JacksonException e) {
      throw lines.damaged(e.getOriginalMessage(), e);
    } catch (JsonShape.MismatchException e) {
      throw lines.damaged(String.valueOf(e.getMessage()), e);
    }
  }

  private boolean isSkipped() {
    for (String start : skipped) {
      if (lines.startsWith(start)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
