package io.neuralake.internal.columnar;

import com.github.luben.zstd.ZstdCompressCtx;
import io.airlift.compress.lz4.Lz4Compressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** Compresses pages, each as a whole. Not thread-safe; {@link #release()} frees native memory. */
final class PageCompressor implements BytesInputCompressor {
  private final WriteSpec.Codec codec;
  private final @Nullable ZstdCompressCtx zstd;

  PageCompressor(WriteSpec.Codec codec, int level) {
    this.codec = codec;
    this.zstd = codec == WriteSpec.Codec.ZSTD ? new ZstdCompressCtx().setLevel(level) : null;
  }

  @Override
  public BytesInput compress(BytesInput page) throws IOException {
    return switch (codec) {
      case UNCOMPRESSED -> page;
      case SNAPPY -> BytesInput.from(Snappy.compress(page.toInputStream().readAllBytes()));
      case GZIP -> gzip(page.toInputStream().readAllBytes());
      case LZ4_RAW -> lz4(page.toInputStream().readAllBytes());
      case ZSTD ->
          BytesInput.from(
              Objects.requireNonNull(zstd).compress(page.toInputStream().readAllBytes()));
    };
  }

  private static BytesInput gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return BytesInput.from(out.toByteArray());
  }

  private static BytesInput lz4(byte[] bytes) {
    Lz4Compressor lz4 = new Lz4Compressor();
    byte[] target = new byte[lz4.maxCompressedLength(bytes.length)];
    int length = lz4.compress(bytes, 0, bytes.length, target, 0, target.length);
    return BytesInput.from(Arrays.copyOf(target, length));
  }

  @Override
  public CompressionCodecName getCodecName() {
    return CompressionCodecName.valueOf(codec.name());
  }

  @Override
  public void release() {
    if (zstd != null) {
      zstd.close();
    }
  }
}
