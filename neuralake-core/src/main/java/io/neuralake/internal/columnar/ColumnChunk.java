package io.neuralake.internal.columnar;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.jspecify.annotations.Nullable;

/**
 * One leaf column of the current row group: the page being filled, and the compressed ones before
 * it. Not thread-safe.
 */
final class ColumnChunk {
  /** A dictionary that saves this factor pays, however well its values compress. */
  private static final int SURELY_PAYS = 8;

  final ColumnDescriptor column;
  final ValueBuffer values;
  private final PageEncoder encoder;
  private final LevelBuffer repetitions;
  private final LevelBuffer definitions;
  private final List<EncodedPage> pages = new ArrayList<>();
  private final @Nullable BloomHashes bloom;
  private int pageRows;
  private long compressedBytes;
  private long slots;
  private boolean dictionaryOpen = true;
  private int dictionaryEntries;

  ColumnChunk(ColumnDescriptor column, ValueBuffer values, PageEncoder encoder, boolean bloom) {
    this.column = column;
    this.values = values;
    this.encoder = encoder;
    this.repetitions = new LevelBuffer(column.getMaxRepetitionLevel());
    this.definitions = new LevelBuffer(column.getMaxDefinitionLevel());
    this.bloom = bloom ? new BloomHashes() : null;
  }

  /** Adds rows of a column outside lists, whose values were or will be added. */
  void addRows(int rows, int definition) {
    definitions.add(definition, rows);
    if (column.getMaxRepetitionLevel() > 0) {
      repetitions.add(0, rows);
    }
    pageRows += rows;
  }

  /** The same with different definition levels. */
  void addRows(int[] definition, int rows) {
    definitions.addAll(definition, 0, rows);
    pageRows += rows;
  }

  /** Adds slots of a nested column. */
  void addSlots(int[] repetition, int[] definition, int start, int count) {
    definitions.addAll(definition, start, count);
    if (column.getMaxRepetitionLevel() > 0) {
      repetitions.addAll(repetition, start, count);
    }
    for (int i = start; i < start + count; i++) {
      pageRows += repetition[i] == 0 ? 1 : 0;
    }
  }

  /** Bytes that the page may still take; at most zero if it is full. */
  long room() {
    return encoder.spec.pageBytes() - values.plainBytes();
  }

  /** Bytes in memory for this chunk, approximately. */
  long bufferedBytes() {
    return compressedBytes + values.plainBytes() + values.dictionaryBytes(dictionaryEntries);
  }

  /** Encodes and compresses the page if there is anything in it. */
  void endPage() throws IOException {
    endPage(encoder);
  }

  /** The same with the buffers of another thread, which has the column to itself meanwhile. */
  void endPage(PageEncoder encoder) throws IOException {
    int count = definitions.count();
    if (count == 0) {
      return;
    }
    encoder.raw.clear();
    repetitions.encode(encoder.raw);
    definitions.encode(encoder.raw);
    int levelBytes = encoder.raw.length();
    int[] indexes = dictionaryIndexes(encoder);
    Statistics<?> statistics = Statistics.createStats(column.getPrimitiveType());
    statistics.incrementNumNulls(count - values.count);
    values.bounds(statistics, indexes);
    Body body = indexes == null ? plain(encoder, levelBytes) : body(encoder, indexes, levelBytes);
    if (bloom != null && body.encoding == Encoding.PLAIN) {
      values.hashes(bloom.hash, bloom);
    }
    pages.add(
        new EncodedPage(body.bytes, body.rawBytes, count, pageRows, body.encoding, statistics));
    compressedBytes += body.bytes.length;
    slots += count;
    pageRows = 0;
    values.clear();
  }

  private int @Nullable [] dictionaryIndexes(PageEncoder encoder) {
    if (!dictionaryOpen || values.count == 0 && dictionaryEntries == 0) {
      return null;
    }
    int[] indexes = encoder.indexes(values.count);
    dictionaryOpen = values.lookUp(indexes, encoder.spec.pageBytes());
    return dictionaryOpen ? indexes : null;
  }

  private Body plain(PageEncoder encoder, int levelBytes) throws IOException {
    encoder.raw.cut(levelBytes);
    values.plain(encoder.raw);
    return new Body(encoder.compressed(), encoder.raw.length(), Encoding.PLAIN);
  }

  /** The page with indexes into the dictionary; without if that does not pay. */
  private Body body(PageEncoder encoder, int[] indexes, int levelBytes) throws IOException {
    GrowingBytes raw = encoder.raw;
    int width = Math.max(1, RleEncoder.width(values.distinct() - 1));
    raw.putByte(width);
    RleEncoder.encode(indexes, values.count, width, raw);
    long added =
        values.dictionaryBytes(values.distinct()) - values.dictionaryBytes(dictionaryEntries);
    long cost = added + raw.length() - levelBytes;
    long plainBytes = values.plainBytes();
    if (cost >= plainBytes && values.count > 0) {
      dictionaryOpen = false;
      return plain(encoder, levelBytes);
    }
    Body body = new Body(encoder.compressed(), raw.length(), Encoding.RLE_DICTIONARY);
    if (dictionaryEntries == 0 && cost * SURELY_PAYS > plainBytes) {
      int bytes = body.bytes.length + encoder.dictionary(values, values.distinct()).length;
      Body plain = plain(encoder, levelBytes);
      if (plain.bytes.length <= bytes) {
        dictionaryOpen = false;
        return plain;
      }
    }
    dictionaryEntries = values.distinct();
    return body;
  }

  /** Levels and values of a page, compressed. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Body(byte[] bytes, int rawBytes, Encoding encoding) {}

  /** Writes the chunk and begins the next one. */
  void flush(ParquetFileWriter writer) throws IOException {
    endPage();
    PageCompressor compressor = encoder.compressor;
    writer.startColumn(column, slots, compressor.codecName());
    if (dictionaryEntries > 0) {
      byte[] bytes = encoder.dictionary(values, dictionaryEntries);
      writer.writeDictionaryPage(
          new DictionaryPage(
              BytesInput.from(bytes),
              Math.toIntExact(values.dictionaryBytes(dictionaryEntries)),
              dictionaryEntries,
              Encoding.PLAIN));
    }
    for (EncodedPage page : pages) {
      writer.writeDataPage(
          page.slots(),
          page.rawBytes(),
          BytesInput.from(page.bytes()),
          page.statistics(),
          page.rows(),
          Encoding.RLE,
          Encoding.RLE,
          page.encoding());
    }
    dropBoundsIfNan(writer);
    if (bloom != null && !bloom.isEmpty()) {
      values.dictionaryHashes(dictionaryEntries, bloom.hash, bloom);
      writer.addBloomFilter(String.join(".", column.getPath()), bloom.build());
    }
    writer.endColumn();
    pages.clear();
    compressedBytes = 0;
    slots = 0;
    dictionaryEntries = 0;
    dictionaryOpen = true;
    values.startChunk();
  }

  /** Bounds leave NaN out, but engines that order NaN above all numbers would skip it by them. */
  private void dropBoundsIfNan(ParquetFileWriter writer) {
    long nans = 0;
    long nulls = 0;
    for (EncodedPage page : pages) {
      nulls += page.statistics().getNumNulls();
      nans += page.statistics().isNanCountSet() ? page.statistics().getNanCount() : 0;
    }
    if (nans > 0) {
      Statistics<?> counts = Statistics.createStats(column.getPrimitiveType());
      counts.incrementNumNulls(nulls);
      counts.incrementNanCount(nans);
      writer.invalidateStatistics(counts);
    }
  }
}
