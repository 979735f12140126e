package io.neuralake.internal.columnar;

import java.io.IOException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.jspecify.annotations.Nullable;

/** Decodes one leaf column into levels and values, rows at a time. Not thread-safe. */
final class LeafReader {
  /** Levels decoded at a time: what a page of a few bytes claims must not decide how many. */
  private static final int LEVELS_AT_ONCE = 8192;

  private static final int ROWS_SKIPPED_AT_ONCE = 1024;
  private static final int[] NONE = {};

  private final ColumnDescriptor column;
  private final LeafBatch batch;
  private final ReadCounters counters;
  private @Nullable ChunkPages pages;
  private @Nullable Page page;
  private @Nullable ValueDecoder values;
  private int levelsLeftInPage;
  private final byte[] definitions = new byte[LEVELS_AT_ONCE];
  private final byte[] repetitions = new byte[LEVELS_AT_ONCE];
  private boolean allPresent;
  private int at;
  private int limit;
  private int row;
  private int[] wanted = new int[0];

  LeafReader(ColumnDescriptor column, ReadCounters counters) {
    if (column.getMaxDefinitionLevel() > Byte.MAX_VALUE) {
      throw new CorruptPageException("column " + column + " nests too deep");
    }
    this.column = column;
    this.batch = new LeafBatch(column);
    this.counters = counters;
  }

  ColumnDescriptor column() {
    return column;
  }

  /** What the last {@link #readRows} read. */
  LeafBatch batch() {
    return batch;
  }

  /** Goes on with the chunk of the next row group. */
  void startChunk(ChunkPages chunk) {
    pages = chunk;
    page = null;
    levelsLeftInPage = 0;
    at = 0;
    limit = 0;
    row = 0;
  }

  /**
   * Replaces the batch by rows that were not read before.
   *
   * @param from the first, in the row group
   * @param rows go over exactly that many; the chunk has them
   * @param kept which of them, ascending, counted from the first; null for all
   */
  void readRows(int from, int rows, int @Nullable [] kept) throws IOException {
    goTo(from);
    boolean flat = batch.maxRepetition == 0;
    read(rows, flat ? kept : null);
    if (kept != null && !flat) {
      batch.keepRows(kept);
    }
  }

  /** Goes over rows that are not wanted: whole pages as they are, if it is known what they hold. */
  private void goTo(int from) throws IOException {
    if (page == null || (page.endRow() != Page.UNKNOWN && page.endRow() <= from)) {
      at = 0;
      limit = 0;
      if (!nextPage(from)) {
        throw tooFewRows();
      }
    }
    while (from > row) {
      read(Math.min(from - row, ROWS_SKIPPED_AT_ONCE), batch.maxRepetition == 0 ? NONE : null);
    }
    if (from != row) {
      throw tooFewRows();
    }
  }

  private CorruptPageException tooFewRows() {
    return new CorruptPageException("column " + name() + " has fewer rows than its row group");
  }

  /** Goes over rows; those that are kept become the batch. */
  private void read(int rows, int @Nullable [] kept) throws IOException {
    batch.clear();
    int started = 0;
    int taken = 0;
    while (true) {
      if (at == limit && !fillLevels()) {
        break;
      }
      int from = at;
      int before = started;
      if (batch.maxRepetition == 0) {
        at = Math.min(limit, at + rows - started);
        started += at - from;
      } else {
        while (at < limit && !(repetitions[at] == 0 && started == rows)) {
          if (repetitions[at++] == 0) {
            started++;
          }
        }
      }
      row += started - before;
      if (kept == null) {
        append(from, at);
      } else {
        int first = taken;
        while (taken < kept.length && kept[taken] < started) {
          taken++;
        }
        append(from, at, kept, first, taken, before);
      }
      if (started == rows && (batch.maxRepetition == 0 || at < limit)) {
        break;
      }
    }
    if (started != rows) {
      throw tooFewRows();
    }
    if (batch.levelCount > 0 && batch.repetitions[0] != 0) {
      throw new CorruptPageException("column " + name() + " does not start at the start of a row");
    }
  }

  private String name() {
    return String.join(".", column.getPath());
  }

  private boolean fillLevels() throws IOException {
    if (levelsLeftInPage == 0 && !nextPage(row)) {
      return false;
    }
    Page current = page;
    if (current == null) {
      return false;
    }
    int count = Math.min(levelsLeftInPage, LEVELS_AT_ONCE);
    if (batch.maxRepetition > 0) {
      current.repetitions().read(repetitions, count);
    }
    allPresent = current.definitions().read(definitions, count);
    levelsLeftInPage -= count;
    at = 0;
    limit = count;
    return true;
  }

  /** Goes on to the page that holds a row, or begins before it. */
  private boolean nextPage(int from) throws IOException {
    if (pages == null) {
      return false;
    }
    Page next = pages.next(from);
    if (next == null) {
      return false;
    }
    page = next;
    values = decoder(next, pages);
    levelsLeftInPage = next.levelCount();
    if (next.firstRow() != Page.UNKNOWN) {
      row = next.firstRow();
    }
    return true;
  }

  private ValueDecoder decoder(Page next, ChunkPages chunk) throws IOException {
    Encoding encoding = next.encoding();
    if (encoding == Encoding.PLAIN) {
      return new PlainDecoder(column.getPrimitiveType(), next.values());
    }
    if (encoding.usesDictionary()) {
      LeafBatch dictionary = chunk.dictionary();
      if (dictionary == null) {
        throw new CorruptPageException("column " + name() + " lacks its dictionary");
      }
      return new DictionaryDecoder(
          column.getPrimitiveType().getPrimitiveTypeName(), dictionary, next.values());
    }
    counters.pagesByLibrary.incrementAndGet();
    return new LibraryDecoder(column, encoding, next.values(), next.levelCount());
  }

  private void append(int from, int to) {
    int count = to - from;
    if (count == 0) {
      return;
    }
    batch.reserveLevels(count);
    System.arraycopy(definitions, from, batch.definitions, batch.levelCount, count);
    if (batch.maxRepetition > 0) {
      System.arraycopy(repetitions, from, batch.repetitions, batch.levelCount, count);
    }
    batch.levelCount += count;
    int present = allPresent ? count : present(from, to);
    if (present > 0 && values != null) {
      batch.reserveValues(present);
      values.read(batch, present);
    }
  }

  /** Appends rows out of a range of levels, each of which is a row: some of those that are kept. */
  private void append(int from, int to, int[] kept, int first, int end, int firstRow) {
    int n = end - first;
    if (wanted.length < n) {
      wanted = new int[Math.max(n, LEVELS_AT_ONCE)];
    }
    batch.reserveLevels(n);
    int values = 0;
    int gone = 0; // levels that have been looked at, and the values among them
    int present = 0;
    for (int i = first; i < end; i++) {
      int level = kept[i] - firstRow;
      byte definition = definitions[from + level];
      batch.definitions[batch.levelCount++] = definition;
      if (allPresent) {
        wanted[values++] = level;
      } else {
        present += present(from + gone, from + level);
        gone = level;
        if (definition == batch.maxDefinition) {
          wanted[values++] = present;
        }
      }
    }
    int all = allPresent ? to - from : present + present(from + gone, to);
    if (all > 0 && this.values != null) {
      batch.reserveValues(values);
      this.values.read(batch, wanted, values, all);
    }
  }

  private int present(int from, int to) {
    int present = 0;
    for (int i = from; i < to; i++) {
      if (definitions[i] == batch.maxDefinition) {
        present++;
      }
    }
    return present;
  }
}
