package io.neuralake.internal.columnar;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
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

/** The pages of one column chunk, or some of them, in order. Not thread-safe. */
final class ChunkPages {
  private final ColumnDescriptor column;
  private final PageCodec codec;
  private final Iterator<Indexed> selected;
  private ChunkInput input;
  private @Nullable Indexed current;
  private long levelsLeft;
  private int row;
  private @Nullable LeafBatch dictionary;

  private ChunkPages(
      ColumnDescriptor column,
      ChunkInput input,
      List<Indexed> selected,
      PageCodec codec,
      long valueCount) {
    this.column = column;
    this.input = input;
    this.codec = codec;
    this.selected = selected.iterator();
    this.levelsLeft = valueCount;
  }

  /**
   * A page of which an index says what rows it holds.
   *
   * @param input its header and body
   * @param firstRow in the row group
   * @param endRow the first row behind it
   */
  record Indexed(ChunkInput input, int firstRow, int endRow) {}

  /**
   * All pages of a chunk.
   *
   * @param valueCount values in the chunk, nulls included, as the footer says
   */
  static ChunkPages inOrder(
      ColumnDescriptor column, ChunkInput input, PageCodec codec, long valueCount) {
    return new ChunkPages(column, input, List.of(), codec, valueCount);
  }

  /**
   * Some pages of a chunk.
   *
   * @param dictionary what comes before the data pages, if anything
   * @param pages in order, at least one
   */
  static ChunkPages selected(
      ColumnDescriptor column,
      @Nullable ChunkInput dictionary,
      List<Indexed> pages,
      PageCodec codec,
      long valueCount) {
    ChunkPages chunk = new ChunkPages(column, pages.get(0).input(), pages, codec, valueCount);
    if (dictionary != null) {
      chunk.input = dictionary;
    } else {
      chunk.current = chunk.selected.next();
    }
    return chunk;
  }

  /** The values of the dictionary page, null if no such page came by. */
  @Nullable LeafBatch dictionary() {
    return dictionary;
  }

  /** The dictionary that the chunk starts with, null if it starts with something else. */
  @Nullable LeafBatch readDictionary() throws IOException {
    PageHeader header = Util.readPageHeader(input);
    if (header.isSetDictionary_page_header()) {
      Slice bytes = input.take(header.getCompressed_page_size());
      checkCrc(header, bytes);
      readDictionary(header, header.getDictionary_page_header(), bytes);
    }
    return dictionary;
  }

  /**
   * The next data page that is not empty, null at the end of the chunk. Pages that are known to end
   * before a row are gone over as they are.
   *
   * @param from the first row that is wanted, in the row group
   */
  @Nullable Page next(int from) throws IOException {
    while (levelsLeft > 0) {
      while (input.remaining() == 0) {
        if (selected.hasNext()) {
          current = selected.next();
          input = current.endRow() <= from ? input : current.input();
        } else if (current != null) {
          return null;
        } else {
          throw new CorruptPageException(
              levelsLeft + " values are missing at the end of the column");
        }
      }
      PageHeader header = Util.readPageHeader(input);
      Slice bytes = input.take(header.getCompressed_page_size());
      if (header.isSetDictionary_page_header()) {
        checkCrc(header, bytes);
        readDictionary(header, header.getDictionary_page_header(), bytes);
      }
      int count = levels(header);
      if (count == 0) {
        continue;
      }
      levelsLeft -= count;
      boolean flat = column.getMaxRepetitionLevel() == 0;
      int first = current != null ? current.firstRow() : flat ? row : Page.UNKNOWN;
      int end =
          current != null ? current.endRow() : flat ? Math.addExact(row, count) : Page.UNKNOWN;
      row = end;
      if (end == Page.UNKNOWN || end > from) {
        checkCrc(header, bytes);
        Page page =
            header.isSetData_page_header()
                ? dataPage(header, header.getData_page_header(), count, bytes)
                : dataPage(header, header.getData_page_header_v2(), count, bytes);
        return end == Page.UNKNOWN ? page : page.at(first, end);
      }
    }
    return null;
  }

  /** Levels that a data page claims; 0 if it is none. */
  private int levels(PageHeader header) {
    int claimed =
        header.isSetData_page_header()
            ? header.getData_page_header().getNum_values()
            : header.isSetData_page_header_v2()
                ? header.getData_page_header_v2().getNum_values()
                : 0;
    if (claimed < 0 || claimed > levelsLeft) {
      throw new CorruptPageException(
          "a page claims " + claimed + " values where the column has " + levelsLeft + " left");
    }
    return claimed;
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

  private Page dataPage(PageHeader header, DataPageHeader data, int count, Slice bytes)
      throws IOException {
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
        afterRepetitions.part(definitions, afterRepetitions.length() - definitions),
        Page.UNKNOWN,
        Page.UNKNOWN);
  }

  private Page dataPage(PageHeader header, DataPageHeaderV2 data, int count, Slice bytes)
      throws IOException {
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
        values,
        Page.UNKNOWN,
        Page.UNKNOWN);
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
