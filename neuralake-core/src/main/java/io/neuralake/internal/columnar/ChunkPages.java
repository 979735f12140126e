package io.neuralake.internal.columnar;

import java.io.IOException;
import java.util.zip.CRC32;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/** The pages of one column chunk, in order. Not thread-safe. */
final class ChunkPages {
  private final ColumnDescriptor column;
  private final ChunkInput input;
  private final PageCodec codec;
  private long levelsLeft;
  private @Nullable LeafBatch dictionary;

  /**
   * Pages of a chunk.
   *
   * @param valueCount values in the chunk, nulls included, as the footer says
   */
  ChunkPages(ColumnDescriptor column, ChunkInput input, PageCodec codec, long valueCount) {
    this.column = column;
    this.input = input;
    this.codec = codec;
    this.levelsLeft = valueCount;
  }

  /** The values of the dictionary page, null if no such page came by. */
  @Nullable LeafBatch dictionary() {
    return dictionary;
  }

  /** The next data page that is not empty, null at the end of the chunk. */
  @Nullable Page next() throws IOException {
    while (levelsLeft > 0) {
      if (input.remaining() == 0) {
        throw new CorruptPageException(levelsLeft + " values are missing at the end of the column");
      }
      PageHeader header = Util.readPageHeader(input);
      Slice bytes = input.take(header.getCompressed_page_size());
      checkCrc(header, bytes);
      Page page = null;
      if (header.isSetData_page_header()) {
        page = dataPage(header, header.getData_page_header(), bytes);
      } else if (header.isSetData_page_header_v2()) {
        page = dataPage(header, header.getData_page_header_v2(), bytes);
      } else if (header.isSetDictionary_page_header()) {
        readDictionary(header, header.getDictionary_page_header(), bytes);
      }
      if (page != null && page.levelCount() > 0) {
        levelsLeft -= page.levelCount();
        return page;
      }
    }
    return null;
  }

  private static void checkCrc(PageHeader header, Slice bytes) {
    if (header.isSetCrc()) {
      CRC32 crc = new CRC32();
      crc.update(bytes.array(), bytes.offset(), bytes.length());
      if ((int) crc.getValue() != header.getCrc()) {
        throw new CorruptPageException("the checksum of a page is wrong");
      }
    }
  }

  private int levels(int claimed) {
    if (claimed < 0 || claimed > levelsLeft) {
      throw new CorruptPageException(
          "a page claims " + claimed + " values where the column has " + levelsLeft + " left");
    }
    return claimed;
  }

  private Page dataPage(PageHeader header, DataPageHeader data, Slice bytes) throws IOException {
    int count = levels(data.getNum_values());
    Slice page = codec.decompress(bytes, header.getUncompressed_page_size());
    int maxRepetition = column.getMaxRepetitionLevel();
    int maxDefinition = column.getMaxDefinitionLevel();
    Encoding repetitionEncoding = encoding(data.getRepetition_level_encoding());
    Encoding definitionEncoding = encoding(data.getDefinition_level_encoding());
    int repetitions = LevelDecoder.bytesInPageV1(repetitionEncoding, page, maxRepetition, count);
    Slice afterRepetitions = page.part(repetitions, page.length() - repetitions);
    int definitions =
        LevelDecoder.bytesInPageV1(definitionEncoding, afterRepetitions, maxDefinition, count);
    return new Page(
        count,
        LevelDecoder.inPageV1(repetitionEncoding, page.part(0, repetitions), maxRepetition),
        LevelDecoder.inPageV1(
            definitionEncoding, afterRepetitions.part(0, definitions), maxDefinition),
        encoding(data.getEncoding()),
        afterRepetitions.part(definitions, afterRepetitions.length() - definitions));
  }

  private Page dataPage(PageHeader header, DataPageHeaderV2 data, Slice bytes) throws IOException {
    int count = levels(data.getNum_values());
    int repetitions = data.getRepetition_levels_byte_length();
    int definitions = data.getDefinition_levels_byte_length();
    Slice repetitionLevels = bytes.part(0, repetitions);
    Slice definitionLevels = bytes.part(repetitions, definitions);
    int levels = repetitions + definitions;
    Slice values = bytes.part(levels, bytes.length() - levels);
    boolean compressed = !data.isSetIs_compressed() || data.isIs_compressed();
    if (compressed && values.length() > 0) {
      values = codec.decompress(values, header.getUncompressed_page_size() - levels);
    }
    return new Page(
        count,
        LevelDecoder.runs(repetitionLevels, column.getMaxRepetitionLevel()),
        LevelDecoder.runs(definitionLevels, column.getMaxDefinitionLevel()),
        encoding(data.getEncoding()),
        values);
  }

  private void readDictionary(PageHeader header, DictionaryPageHeader data, Slice bytes)
      throws IOException {
    if (dictionary != null) {
      throw new CorruptPageException("the column has two dictionaries");
    }
    Slice page = codec.decompress(bytes, header.getUncompressed_page_size());
    int count = data.getNum_values();
    PrimitiveType type = column.getPrimitiveType();
    int width = PlainDecoder.width(type);
    long least = (long) count * (width == 0 ? Integer.BYTES : width);
    boolean bits = type.getPrimitiveTypeName() == PrimitiveType.PrimitiveTypeName.BOOLEAN;
    if (count < 0 || (bits ? count / 8 : least) > page.length()) {
      throw new CorruptPageException(
          "a dictionary of " + page.length() + " bytes claims " + count + " values");
    }
    LeafBatch values = new LeafBatch(column);
    values.reserveValues(count);
    new PlainDecoder(type, page).read(values, count);
    dictionary = values;
  }

  private static Encoding encoding(org.apache.parquet.format.@Nullable Encoding encoding) {
    if (encoding == null) {
      throw new CorruptPageException("a page has an unknown encoding");
    }
    return Encoding.valueOf(encoding.name());
  }
}
