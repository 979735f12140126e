package io.neuralake.internal.columnar;

/** Rows of one file that are no longer part of the table (a deletion vector). Thread-safe. */
@FunctionalInterface
public interface DeletedRows {

  /** Whether the row at a position in the file, counted from 0, is deleted. */
  boolean isDeleted(long rowIndexInFile);
}
