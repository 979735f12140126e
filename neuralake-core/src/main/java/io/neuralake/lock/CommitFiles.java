package io.neuralake.lock;

import java.io.IOException;

/**
 * The files of one table's {@code _delta_log} folder, as an elector sees them. Names are relative
 * to that folder. Thread-safe. A missing file is a {@link java.io.FileNotFoundException}.
 */
public interface CommitFiles {

  /** Location of the table as the user gave it, without a trailing slash. */
  String tableLocation();

  /** Whether the file exists. */
  boolean exists(String name) throws IOException;

  /** The whole content of a file. */
  byte[] read(String name) throws IOException;

  /** Creates or replaces a file atomically. */
  void write(String name, byte[] content) throws IOException;

  /**
   * Creates a file atomically if it does not exist.
   *
   * @throws java.nio.file.FileAlreadyExistsException if it exists
   * @throws io.neuralake.error.InvalidRequestException if the storage cannot do that atomically
   * @throws IOException in any other case: the file may or may not have been created
   */
  void writeIfAbsent(String name, byte[] content) throws IOException;

  /** Deletes a file; a missing one is not an error. */
  void delete(String name) throws IOException;
}
