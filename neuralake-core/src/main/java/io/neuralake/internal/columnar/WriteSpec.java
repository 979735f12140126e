package io.neuralake.internal.columnar;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.ColumnMapping;
import java.util.List;
import java.util.Set;

/**
 * How to write a data file. Immutable.
 *
 * @param schema logical columns of the file (without partition columns), with the mapping metadata
 *     of the table's schema
 * @param mode whether columns get physical names and ids
 * @param codec compression
 * @param level of the codec where it has levels
 * @param rowGroupBytes size of a row group, approximately
 * @param pageBytes size of a page before compression, approximately
 * @param statsColumns physical paths of the columns to collect statistics for, see {@link
 *     StatsColumns}
 * @param bloomColumns physical paths of the columns that get Bloom filters; row groups whose values
 *     are all in a dictionary need none
 */
public record WriteSpec(
    StructType schema,
    ColumnMapping.Mode mode,
    Codec codec,
    int level,
    long rowGroupBytes,
    int pageBytes,
    Set<List<String>> statsColumns,
    Set<List<String>> bloomColumns) {
  /** About what Spark's 128 MiB come to when compressed; the memory that an open file takes. */
  private static final long DEFAULT_ROW_GROUP_BYTES = 32L << 20;

  private static final int DEFAULT_PAGE_BYTES = 1 << 20;

  /** Level of Zstandard unless the table says otherwise. */
  public static final int DEFAULT_ZSTD_LEVEL = 3;

  private static final int DEFAULT_STATS_COLUMNS = 32;

  /** Compression of pages. */
  public enum Codec {
    UNCOMPRESSED,
    SNAPPY,
    GZIP,
    ZSTD,
    LZ4_RAW
  }

  public WriteSpec {
    if (rowGroupBytes <= 0 || pageBytes <= 0) {
      throw new IllegalArgumentException("row groups and pages need at least one byte");
    }
    statsColumns = Set.copyOf(statsColumns);
    bloomColumns = Set.copyOf(bloomColumns);
  }

  /** Zstandard, row groups of 32 MiB, statistics of the first 32 columns. */
  public static WriteSpec of(StructType schema, ColumnMapping.Mode mode) {
    return new WriteSpec(
        schema,
        mode,
        Codec.ZSTD,
        DEFAULT_ZSTD_LEVEL,
        DEFAULT_ROW_GROUP_BYTES,
        DEFAULT_PAGE_BYTES,
        StatsColumns.first(schema, mode, DEFAULT_STATS_COLUMNS),
        Set.of());
  }

  /** The same with another compression; codecs without levels ignore the level. */
  public WriteSpec withCodec(Codec newCodec, int newLevel) {
    return new WriteSpec(
        schema, mode, newCodec, newLevel, rowGroupBytes, pageBytes, statsColumns, bloomColumns);
  }

  /** The same with other sizes, in bytes. */
  public WriteSpec withSizes(long newRowGroupBytes, int newPageBytes) {
    return new WriteSpec(
        schema, mode, codec, level, newRowGroupBytes, newPageBytes, statsColumns, bloomColumns);
  }

  /** The same with statistics of other columns. */
  public WriteSpec withStatsColumns(Set<List<String>> columns) {
    return new WriteSpec(
        schema, mode, codec, level, rowGroupBytes, pageBytes, columns, bloomColumns);
  }

  /** The same with Bloom filters of other columns. */
  public WriteSpec withBloomColumns(Set<List<String>> columns) {
    return new WriteSpec(
        schema, mode, codec, level, rowGroupBytes, pageBytes, statsColumns, columns);
  }
}
