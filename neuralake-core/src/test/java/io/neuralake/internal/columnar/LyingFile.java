package io.neuralake.internal.columnar;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.InvalidParquetMetadataException;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;

/** An intact Parquet file in which one to three things are no longer true. */
final class LyingFile {
  private static final int TAIL = 8;

  private final Random random;
  private byte[] body;
  private final FileMetaData footer;

  LyingFile(byte[] intact, Random random) throws IOException {
    this.random = random;
    int length =
        ByteBuffer.wrap(intact).order(ByteOrder.LITTLE_ENDIAN).getInt(intact.length - TAIL);
    int start = intact.length - TAIL - length;
    this.body = Arrays.copyOf(intact, start);
    this.footer = Util.readFileMetaData(new ByteArrayInputStream(intact, start, length));
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      lie();
    }
  }

  byte[] bytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(body);
    Util.writeFileMetaData(footer, out);
    int length = out.size() - body.length;
    ByteBuffer tail = ByteBuffer.allocate(TAIL).order(ByteOrder.LITTLE_ENDIAN);
    out.write(tail.putInt(length).put(new byte[] {'P', 'A', 'R', '1'}).array());
    return out.toByteArray();
  }

  private void lie() throws IOException {
    switch (random.nextInt(8)) {
      case 0 -> lieAboutSchema(any(footer.getSchema()));
      case 1 -> lieAboutRows();
      case 2, 3 -> lieAboutChunk(any(any(footer.getRow_groups()).getColumns()));
      case 4 -> body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
      default -> lieAboutPage(any(any(footer.getRow_groups()).getColumns()));
    }
  }

  private void lieAboutSchema(SchemaElement element) {
    switch (random.nextInt(5)) {
      case 0 -> element.setType(any(List.of(Type.values())));
      case 1 -> element.setRepetition_type(any(List.of(FieldRepetitionType.values())));
      case 2 -> element.setNum_children(number());
      case 3 -> element.setType_length(number());
      default -> {
        element.unsetLogicalType();
        element.unsetConverted_type();
      }
    }
  }

  private void lieAboutRows() {
    RowGroup group = any(footer.getRow_groups());
    switch (random.nextInt(3)) {
      case 0 -> group.setNum_rows(about(group.getNum_rows()));
      case 1 -> footer.setNum_rows(about(footer.getNum_rows()));
      default -> footer.addToRow_groups(group.deepCopy());
    }
  }

  private void lieAboutChunk(ColumnChunk chunk) {
    ColumnMetaData meta = chunk.getMeta_data();
    switch (random.nextInt(12)) {
      case 0 -> meta.setNum_values(about(meta.getNum_values()));
      case 1 -> meta.setTotal_compressed_size(about(meta.getTotal_compressed_size()));
      case 2 -> meta.setTotal_uncompressed_size(about(meta.getTotal_uncompressed_size()));
      case 3 -> meta.setData_page_offset(about(meta.getData_page_offset()));
      case 4 -> meta.setDictionary_page_offset(about(meta.getDictionary_page_offset()));
      case 5 -> meta.setCodec(any(List.of(CompressionCodec.values())));
      case 6 -> meta.setType(any(List.of(Type.values())));
      case 7 -> meta.setPath_in_schema(List.of("f0"));
      case 8 -> chunk.setColumn_index_offset(about(chunk.getColumn_index_offset()));
      case 9 -> chunk.setOffset_index_length(number());
      case 10 -> meta.setBloom_filter_offset(about(meta.getData_page_offset()));
      default -> chunk.setFile_path("../elsewhere.parquet");
    }
  }

  /** Writes a header again, and moves what comes after it. */
  private void lieAboutPage(ColumnChunk chunk) throws IOException {
    ColumnMetaData meta = chunk.getMeta_data();
    boolean dictionary = meta.isSetDictionary_page_offset() && random.nextBoolean();
    long at = dictionary ? meta.getDictionary_page_offset() : meta.getData_page_offset();
    if (at < 4 || at >= body.length) {
      return; // another lie came first
    }
    ByteArrayInputStream in = new ByteArrayInputStream(body, (int) at, body.length - (int) at);
    PageHeader header;
    try {
      header = Util.readPageHeader(in);
    } catch (IOException | InvalidParquetMetadataException e) {
      return; // so it did here
    }
    int end = body.length - in.available();
    lieAbout(header);
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.write(body, 0, (int) at);
    Util.writePageHeader(header, changed);
    long moved = changed.size() - end;
    changed.write(body, end, body.length - end);
    body = changed.toByteArray();
    meta.setTotal_compressed_size(meta.getTotal_compressed_size() + moved);
    for (RowGroup group : footer.getRow_groups()) {
      group.getColumns().forEach(other -> move(other, at, moved));
    }
  }

  private static void move(ColumnChunk chunk, long from, long by) {
    ColumnMetaData meta = chunk.getMeta_data();
    if (meta.getData_page_offset() > from) {
      meta.setData_page_offset(meta.getData_page_offset() + by);
    }
    if (meta.isSetDictionary_page_offset() && meta.getDictionary_page_offset() > from) {
      meta.setDictionary_page_offset(meta.getDictionary_page_offset() + by);
    }
    if (chunk.isSetOffset_index_offset()) {
      chunk.setOffset_index_offset(chunk.getOffset_index_offset() + by);
    }
    if (chunk.isSetColumn_index_offset()) {
      chunk.setColumn_index_offset(chunk.getColumn_index_offset() + by);
    }
  }

  private void lieAbout(PageHeader header) {
    if (random.nextBoolean()) {
      header.unsetCrc();
    }
    switch (random.nextInt(5)) {
      case 0 -> header.setUncompressed_page_size((int) about(header.getUncompressed_page_size()));
      case 1 -> header.setCompressed_page_size((int) about(header.getCompressed_page_size()));
      default -> {
        if (header.isSetDictionary_page_header()) {
          header.getDictionary_page_header().setNum_values(number());
        } else if (header.isSetData_page_header()) {
          var data = header.getData_page_header();
          if (random.nextBoolean()) {
            data.setNum_values((int) about(data.getNum_values()));
          } else {
            data.setEncoding(any(List.of(Encoding.values())));
          }
        } else if (header.isSetData_page_header_v2()) {
          lieAbout(header.getData_page_header_v2());
        }
      }
    }
  }

  private void lieAbout(org.apache.parquet.format.DataPageHeaderV2 data) {
    switch (random.nextInt(5)) {
      case 0 -> data.setNum_values((int) about(data.getNum_values()));
      case 1 -> data.setEncoding(any(List.of(Encoding.values())));
      case 2 -> data.setDefinition_levels_byte_length(number());
      case 3 -> data.setRepetition_levels_byte_length(number());
      default -> data.setIs_compressed(!data.isIs_compressed());
    }
  }

  private long about(long truth) {
    return switch (random.nextInt(6)) {
      case 0 -> truth + 1;
      case 1 -> truth - 1;
      case 2 -> truth * 2;
      case 3 -> truth / 2;
      case 4 -> random.nextLong();
      default -> number();
    };
  }

  private int number() {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> Integer.MAX_VALUE;
      case 3 -> Integer.MIN_VALUE;
      case 4 -> random.nextInt();
      default -> random.nextInt(100);
    };
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
