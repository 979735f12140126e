package io.neuralake.ingest;

import io.neuralake.error.InvalidRequestException;

/**
 * How far a source has been read: the number of the last row that is handed in with it. Positions
 * of a source grow from one write to the next.
 *
 * @param source names it among the sources of a {@link StreamWriter}, such as a partition of a
 *     topic
 * @param offset not negative
 */
public record Position(String source, long offset) {

  public Position {
    if (source.isEmpty() || offset < 0) {
      throw new InvalidRequestException(
          "A position needs the name of a source and an offset of 0 or more, not '"
              + source
              + "' and "
              + offset
              + ".");
    }
  }
}
