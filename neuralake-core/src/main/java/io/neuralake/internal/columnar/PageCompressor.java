package io.neuralake.internal.columnar;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.airlift.compress.lz4.Lz4Compressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** Compresses pages, each as a whole. Not thread-safe; {@link #close()} frees native memory. */
final class PageCompressor implements AutoCloseable {
  private final WriteSpec.Codec codec;
  private final @Nullable ZstdCompressCtx zstd;
  private final @Nullable Lz4Compressor lz4;
  private byte[] target = {};

  PageCompressor(WriteSpec.Codec codec, int level) {
    this.codec = codec;
    this.zstd = codec == WriteSpec.Codec.ZSTD ? new ZstdCompressCtx().setLevel(level) : null;
    this.lz4 = codec == WriteSpec.Codec.LZ4_RAW ? new Lz4Compressor() : null;
  }

  CompressionCodecName codecName() {
    return CompressionCodecName.valueOf(codec.name());
  }

  /** The compressed page, in an array of its own. */
  byte[] compress(GrowingBytes page) throws IOException {
    byte[] bytes = page.array();
    int length = page.length();
    return switch (codec) {
      case UNCOMPRESSED -> Arrays.copyOf(bytes, length);
      case SNAPPY -> {
        byte[] room = room(Snappy.maxCompressedLength(length));
        yield Arrays.copyOf(room, Snappy.compress(bytes, 0, length, room, 0));
      }
      case GZIP -> gzip(bytes, length);
      case LZ4_RAW -> {
        Lz4Compressor compressor = Objects.requireNonNull(lz4);
        byte[] room = room(compressor.maxCompressedLength(length));
        int size = compressor.compress(bytes, 0, length, room, 0, room.length);
        yield Arrays.copyOf(room, size);
      }
      case ZSTD -> {
        byte[] room = room(Math.toIntExact(Zstd.compressBound(length)));
        ZstdCompressCtx context = Objects.requireNonNull(zstd);
        int size = context.compressByteArray(room, 0, room.length, bytes, 0, length);
        yield Arrays.copyOf(room, size);
      }
    };
  }

  private byte[] room(int size) {
    if (target.length < size) {
      target = new byte[size];
    }
    return target;
  }

  private static byte[] gzip(byte[] bytes, int length) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes, 0, length);
    }
    return out.toByteArray();
  }

  @Override
  public void close() {
    if (zstd != null) {
      zstd.close();
    }
  }
}
