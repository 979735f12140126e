package io.neuralake.examples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;

/** A text file of rows, read one after the other. */
interface RowFile extends Iterator<RowFile.Line>, AutoCloseable {

  /**
   * One row.
   *
   * @param number of the line where it stands, from 1
   * @param cells its values by column; text where the format has nothing but text
   */
  record Line(long number, ObjectNode cells) {}

  /** A line that cannot be understood. The message begins with the file and the line. */
  final class BadLine extends IOException {
    private static final long serialVersionUID = 1L;

    BadLine(String file, long line, String problem) {
      super(file + ", line " + line + ": " + problem);
    }

    /** The same, out of an iterator. */
    UncheckedIOException unchecked() {
      return new UncheckedIOException(getMessage(), this);
    }
  }

  /** Whether values are nothing but text, so that numbers have to be recognised in it. */
  boolean isUntyped();

  @Override
  void close() throws IOException;
}
