package io.neuralake.internal.columnar;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.EncodingStats;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.apache.parquet.format.BloomFilterHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** What footer, dictionaries and Bloom filters say of a row group. */
final class RowGroupPart implements PartFilter.Part {
  private static final int MAX_BLOOM_BYTES = 32 << 20;
  private static final int MAX_DICTIONARY_BYTES = 4 << 20;
  private static final int BLOOM_BLOCK_BYTES = 32;
  private static final int MAX_BLOOM_HEADER_BYTES = 64;

  private final FileBytes file;
  private final Map<List<String>, FileLeaf> leaves;
  private final Map<ColumnPath, ColumnChunkMetaData> chunks;
  private final long rows;
  private final Map<ColumnPath, Optional<BloomFilter>> blooms = new HashMap<>();
  private final Map<ColumnPath, Optional<LeafBatch>> dictionaries = new HashMap<>();
  private boolean looksInside;
  private boolean mayAsk;

  /**
   * A row group.
   *
   * @param leaves the filter's columns, as far as the file's schema settles where they are
   */
  RowGroupPart(
      FileBytes file,
      Map<List<String>, FileLeaf> leaves,
      Map<ColumnPath, ColumnChunkMetaData> chunks,
      long rows) {
    this.file = file;
    this.leaves = leaves;
    this.chunks = chunks;
    this.rows = rows;
  }

  /**
   * From now on dictionaries and Bloom filters are read where they can settle a question.
   *
   * @param requestsPay whether also those that have to be fetched
   */
  void lookInside(boolean requestsPay) {
    looksInside = true;
    mayAsk = requestsPay;
  }

  @Override
  public PartFilter.@Nullable Range range(List<String> path) {
    FileLeaf leaf = leaves.get(path);
    ColumnDescriptor column = leaf == null ? null : leaf.column();
    if (leaf == null || column == null) {
      return leaf == null ? null : PartFilter.Range.NULLS;
    }
    ColumnChunkMetaData chunk = chunks.get(leaf.path());
    Statistics<?> statistics = chunk == null ? null : chunk.getStatistics();
    return statistics == null
        ? null
        : LeafBounds.range(column.getPrimitiveType(), leaf.type(), statistics, rows);
  }

  @Override
  public boolean mayContain(List<String> path, Object value) {
    FileLeaf leaf = leaves.get(path);
    ColumnDescriptor column = leaf == null ? null : leaf.column();
    ColumnChunkMetaData chunk = leaf == null ? null : chunks.get(leaf.path());
    if (!looksInside || leaf == null || column == null || chunk == null) {
      return true;
    }
    Object physical = LeafBounds.physical(column.getPrimitiveType(), leaf.type(), value);
    if (physical == null) {
      return true;
    }
    try {
      BloomFilter bloom = bloom(chunk);
      if (bloom != null && !bloom.findHash(hash(bloom, physical))) {
        return false;
      }
      LeafBatch dictionary = dictionary(column, chunk);
      return dictionary == null || contains(dictionary, physical);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable BloomFilter bloom(ColumnChunkMetaData chunk) throws IOException {
    Optional<BloomFilter> known = blooms.get(chunk.getPath());
    if (known == null) {
      known = Optional.ofNullable(readBloom(chunk));
      blooms.put(chunk.getPath(), known);
    }
    return known.orElse(null);
  }

  /** A damaged filter is none. */
  private @Nullable BloomFilter readBloom(ColumnChunkMetaData chunk) throws IOException {
    long start = chunk.getBloomFilterOffset();
    long length = chunk.getBloomFilterLength();
    long left = file.size() - start;
    boolean there = mayAsk || file.isLocal(start);
    if (!there || start < 4 || left <= 0 || length > left || length > MAX_BLOOM_BYTES) {
      return null;
    }
    Slice bytes =
        file.read(start, (int) (length > 0 ? length : Math.min(left, MAX_BLOOM_HEADER_BYTES)));
    BloomFilterHeader header;
    int headerBytes;
    try {
      ThriftBounds.check(bytes);
      var input = new ByteArrayInputStream(bytes.array(), bytes.offset(), bytes.length());
      header = Util.readBloomFilterHeader(input);
      headerBytes = bytes.length() - input.available();
    } catch (IOException | RuntimeException e) {
      return null;
    }
    int size = header.getNumBytes();
    boolean known =
        header.getAlgorithm().isSetBLOCK()
            && header.getHash().isSetXXHASH()
            && header.getCompression().isSetUNCOMPRESSED();
    if (!known
        || size < BLOOM_BLOCK_BYTES
        || size > MAX_BLOOM_BYTES
        || Integer.bitCount(size) != 1
        || size > left - headerBytes) {
      return null;
    }
    boolean fetched = size <= bytes.length() - headerBytes;
    Slice bits = fetched ? bytes.part(headerBytes, size) : file.read(start + headerBytes, size);
    return new BlockSplitBloomFilter(
        Arrays.copyOfRange(bits.array(), bits.offset(), bits.offset() + size));
  }

  private static long hash(BloomFilter bloom, Object value) {
    if (value instanceof Integer number) {
      return bloom.hash(number.intValue());
    } else if (value instanceof Long number) {
      return bloom.hash(number.longValue());
    } else if (value instanceof Float number) {
      return bloom.hash(number.floatValue());
    } else if (value instanceof Double number) {
      return bloom.hash(number.doubleValue());
    }
    return bloom.hash((Binary) value);
  }

  private @Nullable LeafBatch dictionary(ColumnDescriptor column, ColumnChunkMetaData chunk)
      throws IOException {
    Optional<LeafBatch> known = dictionaries.get(chunk.getPath());
    if (known == null) {
      known = Optional.ofNullable(readDictionary(column, chunk));
      dictionaries.put(chunk.getPath(), known);
    }
    return known.orElse(null);
  }

  /** All values of a chunk, if all its pages refer to a dictionary; a damaged one is none. */
  private @Nullable LeafBatch readDictionary(ColumnDescriptor column, ColumnChunkMetaData chunk)
      throws IOException {
    EncodingStats encodings = chunk.getEncodingStats();
    long start = chunk.getDictionaryPageOffset();
    long length = chunk.getFirstDataPageOffset() - start;
    if (encodings == null
        || !encodings.hasDictionaryPages()
        || encodings.hasNonDictionaryEncodedPages()
        || !(mayAsk || file.isLocal(start))
        || start < 4
        || length <= 0
        || length > MAX_DICTIONARY_BYTES
        || length > chunk.getTotalSize()) {
      return null;
    }
    Slice bytes = file.read(start, (int) length);
    try (ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
      ChunkPages pages =
          ChunkPages.inOrder(
              column,
              new ChunkInput(file, start, length, bytes, (int) length),
              new PageCodec(chunk.getCodec(), zstd, file.location()),
              chunk.getValueCount());
      return pages.readDictionary();
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private static boolean contains(LeafBatch dictionary, Object value) {
    int count = dictionary.valueCount;
    for (int i = 0; i < count; i++) {
      boolean equal;
      if (value instanceof Integer number) {
        equal = dictionary.ints[i] == number;
      } else if (value instanceof Long number) {
        equal = dictionary.longs[i] == number;
      } else if (value instanceof Float number) {
        equal = dictionary.floats[i] == number;
      } else if (value instanceof Double number) {
        equal = dictionary.doubles[i] == number;
      } else {
        byte[] bytes = ((Binary) value).getBytesUnsafe();
        int start = dictionary.starts[i];
        equal =
            Arrays.equals(
                dictionary.bytes, start, start + dictionary.lengths[i], bytes, 0, bytes.length);
      }
      if (equal) {
        return true;
      }
    }
    return false;
  }
}
