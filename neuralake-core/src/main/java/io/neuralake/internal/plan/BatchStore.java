package io.neuralake.internal.plan;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps copies of batches: up to a limit in memory, then in a temporary file that is mapped, so
 * that single rows can be read wherever they are. Not thread-safe while batches are added.
 */
final class BatchStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BatchStore.class);

  /** Mapped at a time; mappings are few in number. */
  private static final long REGION_BYTES = 64L << 20;

  private final BufferAllocator memory;
  private final long limit;
  private long used;
  private @Nullable FileChannel file;
  private @Nullable BufferAllocator mapped;
  private @Nullable ArrowBuf region;
  private long regionUsed;
  private long fileEnd;

  BatchStore(BufferAllocator memory, long limit) {
    this.memory = memory;
    this.limit = limit;
  }

  /** A copy of a batch. */
  VectorSchemaRoot keep(VectorSchemaRoot batch) throws IOException {
    return keep(batch, UnaryOperator.identity());
  }

  /** A copy of a batch, whose columns get other names. */
  VectorSchemaRoot keep(VectorSchemaRoot batch, UnaryOperator<String> names) throws IOException {
    List<Field> fields = new ArrayList<>();
    for (Field field : batch.getSchema().getFields()) {
      String name = names.apply(field.getName());
      fields.add(new Field(name, field.getFieldType(), field.getChildren()));
    }
    try (ArrowRecordBatch content = new VectorUnloader(batch).getRecordBatch()) {
      long size = 8; // at least something to map
      for (ArrowBuf part : content.getBuffers()) {
        size += aligned(part.readableBytes());
      }
      boolean spill = used + size > limit;
      used += spill ? 0 : size;
      // An allocator of its own: what is mapped is no memory of the lake's.
      BufferAllocator allocator = spill ? mappedAllocator() : memory;
      try (ArrowBuf whole = spill ? map(size, allocator) : memory.buffer(size)) {
        return copy(content, whole, VectorSchemaRoot.create(new Schema(fields), allocator));
      }
    }
  }

  private static VectorSchemaRoot copy(
      ArrowRecordBatch content, ArrowBuf whole, VectorSchemaRoot into) {
    List<ArrowBuf> parts = new ArrayList<>();
    long at = 0;
    for (ArrowBuf part : content.getBuffers()) {
      long length = part.readableBytes();
      whole.setBytes(at, part, part.readerIndex(), length);
      ArrowBuf slice = whole.slice(at, length);
      parts.add(slice.writerIndex(length));
      at += aligned(length);
    }
    try (ArrowRecordBatch copy =
        new ArrowRecordBatch(
            content.getLength(),
            content.getNodes(),
            parts,
            NoCompressionCodec.DEFAULT_BODY_COMPRESSION,
            false)) {
      new VectorLoader(into).load(copy);
      return into;
    } catch (RuntimeException | Error e) {
      into.close();
      throw e;
    }
  }

  private static long aligned(long bytes) {
    return (bytes + 7) & ~7L;
  }

  private BufferAllocator mappedAllocator() {
    BufferAllocator allocator = mapped == null ? new RootAllocator() : mapped;
    mapped = allocator;
    return allocator;
  }

  private ArrowBuf map(long size, BufferAllocator allocator) throws IOException {
    FileChannel channel = file;
    if (channel == null) {
      Path path = Files.createTempFile("neuralake-", ".rows");
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      file = channel;
    }
    ArrowBuf current = region;
    if (current == null || regionUsed + size > current.capacity()) {
      current = mapped(channel, Math.max(size, REGION_BYTES), allocator);
    }
    ArrowBuf part = current.slice(regionUsed, size);
    part.getReferenceManager().retain();
    regionUsed += size;
    return part;
  }

  private ArrowBuf mapped(FileChannel channel, long size, BufferAllocator allocator)
      throws IOException {
    closeRegion();
    MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_WRITE, fileEnd, size);
    ArrowBuf whole =
        allocator.wrapForeignAllocation(
            new ForeignAllocation(size, MemoryUtil.getByteBufferAddress(bytes)) {
              @Override
              protected void release0() {
                bytes.limit(0); // keeps it reachable, and hence mapped, until now
              }
            });
    region = whole;
    regionUsed = 0;
    fileEnd += size;
    return whole;
  }

  private void closeRegion() {
    if (region != null) {
      region.close();
      region = null;
    }
  }

  /** Removes the file; the batches must be closed before. */
  @Override
  public void close() {
    closeRegion();
    if (mapped != null) {
      mapped.close();
      mapped = null;
    }
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.warn("a temporary file stays behind: {}", e.getMessage());
      }
      file = null;
    }
  }
}
