package io.neuralake.internal.store;

import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * Files on one storage system. Thread-safe.
 *
 * <p>A location is an absolute string {@code scheme://authority/path} whose path is raw, never
 * percent-encoded: {@code s3://bucket/a b/50%.parquet} names exactly that key. Local files are
 * {@code file:///a b/c}.
 *
 * <p>Errors: a missing file is a {@link java.io.FileNotFoundException}; refused credentials are a
 * {@link java.nio.file.AccessDeniedException}; anything else an {@link IOException} whose message
 * names the location and never a credential. Interrupts surface as {@link
 * java.io.InterruptedIOException} with the thread's interrupt flag set again. Iterators throw the
 * same, wrapped in {@link java.io.UncheckedIOException}.
 */
public interface FileStore extends AutoCloseable {

  /** Size and time of one file (one request). */
  FileInfo stat(String location) throws IOException;

  /**
   * The files (not folders) in the same folder as {@code location} whose names are greater or equal
   * to its name, in ascending UTF-8 order, listed lazily. A folder that does not exist lists
   * nothing.
   */
  Iterator<FileInfo> listFrom(String location) throws IOException;

  /** All files below the folder, recursively, in no particular order, listed lazily. */
  Iterator<FileInfo> listRecursively(String folder) throws IOException;

  /**
   * All files below the folder, with the temporary ones of crashed writers that other listings
   * leave out; in parts that may be listed at the same time, each of them lazily, and that hold
   * each file once.
   *
   * @param cuts names below the folder in ascending UTF-8 order, at which a storage that lists in
   *     that order begins a new part
   */
  List<Iterator<FileInfo>> listAll(String folder, List<String> cuts) throws IOException;

  /** What time it is by the clock from which the times of files in the folder come. */
  Instant now(String folder) throws IOException;

  /**
   * An upload in parts that was begun and neither completed nor dropped; it costs storage.
   *
   * @param location of the file that it would become
   * @param id the storage's name for it
   * @param startedMillis milliseconds since the epoch, by the storage's clock
   */
  record Upload(String location, String id, long startedMillis) {}

  /** The pending uploads of files below the folder, listed lazily; none where there is no such. */
  default Iterator<Upload> uploads(String folder) throws IOException {
    return Collections.emptyIterator();
  }

  /** Drops a pending upload; one that is gone is not an error. */
  default void abort(Upload upload) throws IOException {}

  /**
   * Opens a file for ranged reads.
   *
   * @param size the file's size where it is known, so that no request is spent on asking; -1 if not
   */
  RangeReader open(String location, long size) throws IOException;

  /**
   * The whole content (one request).
   *
   * @param maxBytes a larger file is an {@link IOException}, before its content is held in memory
   */
  byte[] read(String location, long maxBytes) throws IOException;

  /**
   * Creates or replaces a file whose content is streamed. Nothing is visible before {@link
   * FileSink#close()} returns, and nothing ever if {@link FileSink#abort()} is called first.
   */
  FileSink create(String location) throws IOException;

  /** Creates or replaces a file in one atomic step (one request). */
  void write(String location, byte[] content) throws IOException;

  /**
   * Creates a file in one atomic step unless it exists (one request). Among any number of racing
   * callers in any number of processes exactly one succeeds.
   *
   * @throws java.nio.file.FileAlreadyExistsException if it certainly exists; the caller may still
   *     be the one who created it, where an earlier try of the same call lost its response
   * @throws IOException in any other case: the file may or may not have been created
   */
  void writeIfAbsent(String location, byte[] content) throws IOException;

  /**
   * Makes sure that the storage can do {@link #writeIfAbsent}, where there is doubt; asks it once.
   *
   * @param location of a file that is about to be created
   * @throws io.neuralake.error.InvalidRequestException if it cannot
   * @throws IOException if that cannot be told
   */
  default void requireAtomicCreate(String location) throws IOException {}

  /**
   * Deletes files; a missing one is not an error. Uses batch requests where the storage has them.
   */
  void delete(Collection<String> locations) throws IOException;

  @Override
  void close();
}
