package io.neuralake.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Comma-separated values with a header; an empty cell is null. Holds one row in memory. */
final class CsvFile implements RowFile {
  private final String name;
  private final MappingIterator<ObjectNode> rows;

  CsvFile(Path file) throws IOException {
    this.name = file.toString();
    try {
      this.rows =
          CsvMapper.csvBuilder()
              .enable(CsvParser.Feature.EMPTY_STRING_AS_NULL)
              .enable(CsvParser.Feature.FAIL_ON_MISSING_COLUMNS)
              .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
              .build()
              .readerFor(ObjectNode.class)
              .with(CsvSchema.emptySchema().withHeader())
              .readValues(Files.newBufferedReader(file, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new BadLine(name, 1, e.getOriginalMessage());
    }
  }

  @Override
  public boolean isUntyped() {
    return true;
  }

  @Override
  public boolean hasNext() {
    try {
      return rows.hasNextValue();
    } catch (IOException e) {
      throw explained(e, line()).unchecked();
    }
  }

  @Override
  public Line next() {
    long line = line();
    try {
      return new Line(line, rows.nextValue());
    } catch (IOException | RuntimeJsonMappingException e) {
      throw explained(e, line).unchecked();
    }
  }

  private BadLine explained(Exception e, long line) {
    if (e instanceof CharacterCodingException) {
      return new BadLine(name, line, "not UTF-8 here or a little below");
    }
    String problem =
        e instanceof JsonProcessingException p ? p.getOriginalMessage() : String.valueOf(e);
    return new BadLine(name, line, problem);
  }

  /** Before a row is read, the line where it begins. */
  private long line() {
    return rows.getParser().currentLocation().getLineNr();
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
