package io.neuralake.internal.columnar;

import io.neuralake.internal.store.FileSink;
import java.io.IOException;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** Lets parquet-java write into a sink. Who opened the sink closes it. */
final class SinkOutputFile implements OutputFile {
  private final FileSink sink;

  SinkOutputFile(FileSink sink) {
    this.sink = sink;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return new PositionOutputStream() {
      @Override
      public long getPos() {
        return sink.position();
      }

      @Override
      public void write(int b) throws IOException {
        sink.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        sink.write(bytes, offset, length);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    return create(blockSizeHint);
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }
}
