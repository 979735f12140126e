package io.neuralake.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** One JSON object per line; empty lines are passed over. Holds one line in memory. */
final class NdjsonFile implements RowFile {
  /** A longer line is taken for a file of another kind, rather than for a row. */
  private static final int MAX_CHARS = 16 << 20;

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build()
          .readerFor(JsonNode.class);

  private final String name;
  private final BufferedReader reader;
  private final StringBuilder buffer = new StringBuilder();
  private long number;
  private @Nullable Line next;

  NdjsonFile(Path file) throws IOException {
    this.name = file.toString();
    this.reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
  }

  @Override
  public boolean isUntyped() {
    return false;
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && readLine()) {
        String text = buffer.toString();
        next = text.isBlank() ? null : new Line(number, object(text));
      }
      return next != null;
    } catch (BadLine e) {
      throw e.unchecked();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Line next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Line line = next;
    next = null;
    return line;
  }

  private ObjectNode object(String text) throws IOException {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new BadLine(name, number, "not JSON: " + e.getOriginalMessage());
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new BadLine(name, number, "a JSON object is expected, such as {\"neuron_id\": 1}");
  }

  /** Reads into the buffer up to the end of the line; false at the end of the file. */
  private boolean readLine() throws IOException {
    buffer.setLength(0);
    number++;
    int c;
    while ((c = read()) >= 0 && c != '\n') {
      if (buffer.length() == MAX_CHARS) {
        throw new BadLine(name, number, "longer than " + MAX_CHARS + " characters");
      }
      buffer.append((char) c);
    }
    return c >= 0 || !buffer.isEmpty();
  }

  private int read() throws IOException {
    try {
      return reader.read();
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new BadLine(name, number, "not UTF-8 here or a little below");
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
