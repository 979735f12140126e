package io.neuralake.internal.plan;

import java.io.Serializable;

/**
 * What happened to rows, and how long it took.
 *
 * @param deleted rows that are gone; -1 if the log does not say
 * @param updated rows that have got other values
 * @param copied rows that moved to other files
 * @param inserted rows that are new
 * @param scanMillis time to find the rows
 * @param rewriteMillis time to write what becomes of them
 */
public record RowCounts(
    long deleted, long updated, long copied, long inserted, long scanMillis, long rewriteMillis)
    implements Serializable {

  static final RowCounts NONE = new RowCounts(0, 0, 0, 0, 0, 0);

  RowCounts plus(RowCounts other) {
    return new RowCounts(
        deleted < 0 || other.deleted < 0 ? -1 : deleted + other.deleted,
        updated + other.updated,
        copied + other.copied,
        inserted + other.inserted,
        scanMillis + other.scanMillis,
        rewriteMillis + other.rewriteMillis);
  }

  long changed() {
    return Math.max(0, deleted) + updated + inserted;
  }
}
