package io.neuralake.internal.columnar;

import io.neuralake.error.UnsupportedTableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;

/** The footer of a Parquet file, checked against the file's size. */
final class ParquetFooter {
  private static final int TRAILER_BYTES = 8;
  private static final int MAX_SCHEMA_DEPTH = 100;

  private final MessageType schema;
  private final List<BlockMetaData> rowGroups;

  private ParquetFooter(MessageType schema, List<BlockMetaData> rowGroups) {
    this.schema = schema;
    this.rowGroups = rowGroups;
  }

  MessageType schema() {
    return schema;
  }

  List<BlockMetaData> rowGroups() {
    return rowGroups;
  }

  /** The chunks of a row group by their column. */
  static Map<ColumnPath, ColumnChunkMetaData> chunks(BlockMetaData rowGroup) {
    Map<ColumnPath, ColumnChunkMetaData> chunks = new HashMap<>();
    for (ColumnChunkMetaData chunk : rowGroup.getColumns()) {
      chunks.put(chunk.getPath(), chunk);
    }
    return chunks;
  }

  static ParquetFooter read(FileBytes file) throws IOException {
    long size = file.size();
    if (size < 4 + TRAILER_BYTES) {
      throw new CorruptPageException("it is no Parquet file: it has only " + size + " bytes");
    }
    Slice trailer = file.read(size - TRAILER_BYTES, TRAILER_BYTES);
    int magic = trailer.intAt(4);
    if (magic == magic("PARE")) {
      throw new UnsupportedTableException(
          file.location() + ": the file is encrypted, which neuralake cannot read");
    }
    if (magic != magic("PAR1")) {
      throw new CorruptPageException(
          "it is no Parquet file, or its end is missing: it does not end in PAR1");
    }
    long length = trailer.intAt(0) & 0xffffffffL;
    long footerStart = size - TRAILER_BYTES - length;
    if (footerStart < 4 || length > Integer.MAX_VALUE - 16) {
      throw new CorruptPageException("its footer's length of " + length + " bytes is impossible");
    }
    Slice bytes = file.read(footerStart, (int) length);
    ThriftBounds.check(bytes);
    ParquetMetadata metadata = parse(bytes);
    MessageType schema = metadata.getFileMetaData().getSchema();
    for (BlockMetaData rowGroup : metadata.getBlocks()) {
      check(rowGroup, schema, footerStart);
    }
    return new ParquetFooter(schema, metadata.getBlocks());
  }

  private static ParquetMetadata parse(Slice bytes) throws IOException {
    FileMetaData thrift =
        Util.readFileMetaData(
            new ByteArrayInputStream(bytes.array(), bytes.offset(), bytes.length()));
    checkDepth(thrift.getSchema());
    return new ParquetMetadataConverter().fromParquetMetadata(thrift);
  }

  /** The schema is a list in depth-first order; its readers recurse as deep as it nests. */
  private static void checkDepth(List<SchemaElement> schema) {
    Deque<Integer> open = new ArrayDeque<>();
    for (SchemaElement element : schema) {
      while (!open.isEmpty() && open.getLast() == 0) {
        open.removeLast();
      }
      if (!open.isEmpty()) {
        open.addLast(open.removeLast() - 1);
      }
      if (element.isSetNum_children()) {
        open.addLast(Math.max(0, element.getNum_children()));
      }
      if (open.size() > MAX_SCHEMA_DEPTH) {
        throw new CorruptPageException("its schema nests deeper than " + MAX_SCHEMA_DEPTH);
      }
    }
  }

  private static void check(BlockMetaData rowGroup, MessageType schema, long footerStart) {
    long rows = rowGroup.getRowCount();
    if (rows < 0 || rows > Integer.MAX_VALUE) {
      throw new CorruptPageException("a row group claims " + rows + " rows");
    }
    for (ColumnChunkMetaData chunk : rowGroup.getColumns()) {
      long start = chunk.getStartingPos();
      long length = chunk.getTotalSize();
      if (start < 4 || length < 0 || length > footerStart - start) {
        throw new CorruptPageException(
            "column "
                + chunk.getPath()
                + " claims "
                + length
                + " bytes at "
                + start
                + ", which is outside the file's data of "
                + footerStart
                + " bytes");
      }
      if (!schema.containsPath(chunk.getPath().toArray())) {
        throw new CorruptPageException(
            "column " + chunk.getPath() + " has data but is not in the schema");
      }
      ColumnDescriptor column = schema.getColumnDescription(chunk.getPath().toArray());
      long values = chunk.getValueCount();
      boolean flat = column.getMaxRepetitionLevel() == 0;
      if (values < rows || (flat && values != rows)) {
        throw new CorruptPageException(
            "column " + chunk.getPath() + " has " + values + " values for " + rows + " rows");
      }
    }
  }

  private static int magic(String text) {
    return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
  }
}
