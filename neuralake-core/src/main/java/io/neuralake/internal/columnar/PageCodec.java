package io.neuralake.internal.columnar;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.neuralake.error.UnsupportedTableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/**
 * Decompresses pages of one codec, each into the same memory as the one before. Not thread-safe.
 */
final class PageCodec {
  /** Far above what writers make (1 MiB), and still a part of the heap only. */
  private static final int MAX_PAGE_BYTES =
      (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 4);

  private final CompressionCodecName codec;
  private final ZstdDecompressCtx zstd;
  private final String location;
  private byte[] buffer = new byte[0];

  /**
   * A codec for pages of one file.
   *
   * @param zstd of the file's reader, which closes it: making one costs as much as a small page
   */
  PageCodec(CompressionCodecName codec, ZstdDecompressCtx zstd, String location) {
    this.codec = codec;
    this.zstd = zstd;
    this.location = location;
  }

  /**
   * Decompresses one page.
   *
   * @return valid until the next call
   * @param size bytes that the page header promises
   * @throws CorruptPageException if the content does not keep the promise
   */
  Slice decompress(Slice page, int size) throws IOException {
    if (codec == CompressionCodecName.UNCOMPRESSED) {
      if (page.length() != size) {
        throw new CorruptPageException(
            "a page of " + page.length() + " bytes claims " + size + " uncompressed bytes");
      }
      return page;
    }
    checkSize(page, size);
    if (size == 0) {
      return new Slice(new byte[0], 0, 0);
    }
    if (buffer.length < size) {
      buffer = new byte[size];
    }
    int length;
    try {
      length = decompress(page, buffer, size);
    } catch (MalformedInputException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("the " + codec + " data of a page is damaged", e);
    }
    if (length != size) {
      throw new CorruptPageException(
          "a page has " + length + " bytes where its header promises " + size);
    }
    return new Slice(buffer, 0, size);
  }

  /** What a codec can reach at best bounds what a header can make us allocate. */
  private void checkSize(Slice page, int size) {
    long ratio =
        switch (codec) {
          case SNAPPY -> 64;
          case LZ4, LZ4_RAW -> 256;
          case GZIP -> 1100;
          default -> 65536;
        };
    if (size > MAX_PAGE_BYTES) {
      throw new CorruptPageException(
          "a page claims "
              + size
              + " uncompressed bytes, more than a quarter of the heap or 1 GiB");
    }
    if (size < 0 || size > ratio * page.length() + 64) {
      throw new CorruptPageException(
          "a page of " + page.length() + " bytes claims " + size + " uncompressed bytes");
    }
  }

  private int decompress(Slice page, byte[] out, int size) throws IOException {
    byte[] in = page.array();
    return switch (codec) {
      case ZSTD -> {
        try {
          yield zstd.decompressByteArray(out, 0, size, in, page.offset(), page.length());
        } catch (ZstdException e) {
          throw new CorruptPageException("zstd: " + e.getMessage());
        }
      }
      case SNAPPY -> {
        if (Snappy.uncompressedLength(in, page.offset(), page.length()) != size) {
          throw new CorruptPageException("snappy: the page's own length is another one");
        }
        yield Snappy.uncompress(in, page.offset(), page.length(), out, 0);
      }
      case GZIP -> {
        try (var gzip =
            new GZIPInputStream(new ByteArrayInputStream(in, page.offset(), page.length()))) {
          yield gzip.readNBytes(out, 0, size);
        }
      }
      case LZ4_RAW -> lz4(page, out, 0, size);
      case LZ4 -> hadoopLz4(page, out, size);
      default ->
          throw new UnsupportedTableException(
              location
                  + ": the file is compressed with "
                  + codec
                  + ", which neuralake cannot read");
    };
  }

  private static int lz4(Slice block, byte[] out, int at, int size) {
    return new Lz4Decompressor()
        .decompress(block.array(), block.offset(), block.length(), out, at, size - at);
  }

  /** Hadoop's framing: length of all, then blocks behind their lengths, big-endian. */
  private static int hadoopLz4(Slice page, byte[] out, int size) {
    int at = 0;
    int written = 0;
    while (at < page.length()) {
      long expected = written + (Integer.reverseBytes(page.intAt(at)) & 0xffffffffL);
      at += Integer.BYTES;
      if (expected > size) {
        throw new CorruptPageException("lz4: a block is larger than its page");
      }
      while (written < expected) {
        int length = Integer.reverseBytes(page.intAt(at));
        at += Integer.BYTES;
        int got = lz4(page.part(at, length), out, written, size);
        if (got == 0) {
          throw new CorruptPageException("lz4: an empty block");
        }
        written += got;
        at += length;
      }
    }
    return written;
  }
}
