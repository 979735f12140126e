package io.neuralake.benchmarks.columnar;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * The floor under every reader in a JVM: the pages of the files are read and unpacked, and then
 * thrown away.
 */
final class PagesContestant implements Contestant {
  private static final int TAIL = 8;

  private final Dataset dataset;
  private final SideBySide threads;

  PagesContestant(Dataset dataset, SideBySide threads) {
    this.dataset = dataset;
    this.threads = threads;
  }

  @Override
  public long run(Work work) throws Exception {
    if (work != Work.SCAN_ALL) {
      throw unsupported(work);
    }
    return threads.sumOver(dataset.files(), PagesContestant::unpack);
  }

  private static long unpack(List<Path> files) throws IOException {
    long rows = 0;
    try (ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
      for (Path path : files) {
        byte[] file = Files.readAllBytes(path);
        int tail = file.length - TAIL;
        int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(tail);
        FileMetaData footer =
            Util.readFileMetaData(new ByteArrayInputStream(file, tail - length, length));
        for (RowGroup group : footer.getRow_groups()) {
          for (ColumnChunk chunk : group.getColumns()) {
            unpack(file, chunk.getMeta_data(), zstd);
          }
        }
        rows += footer.getNum_rows();
      }
    }
    return rows;
  }

  private static void unpack(byte[] file, ColumnMetaData chunk, ZstdDecompressCtx zstd)
      throws IOException {
    if (chunk.getCodec() != CompressionCodec.ZSTD) {
      throw new IOException("The files of the comparison are compressed with zstd.");
    }
    long start =
        chunk.isSetDictionary_page_offset()
            ? chunk.getDictionary_page_offset()
            : chunk.getData_page_offset();
    int end = (int) (start + chunk.getTotal_compressed_size());
    ByteArrayInputStream in =
        new ByteArrayInputStream(file, (int) start, (int) chunk.getTotal_compressed_size());
    while (in.available() > 0) {
      PageHeader header = Util.readPageHeader(in);
      int levels = 0; // of version 2 pages, which are not compressed
      if (header.isSetData_page_header_v2()) {
        levels =
            header.getData_page_header_v2().getDefinition_levels_byte_length()
                + header.getData_page_header_v2().getRepetition_levels_byte_length();
      }
      byte[] page = new byte[header.getUncompressed_page_size() - levels];
      int from = end - in.available() + levels;
      if (page.length > 0) {
        zstd.decompressByteArray(
            page, 0, page.length, file, from, header.getCompressed_page_size() - levels);
      }
      in.skipNBytes(header.getCompressed_page_size());
    }
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
