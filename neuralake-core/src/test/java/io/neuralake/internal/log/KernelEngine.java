package io.neuralake.internal.log;

import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.defaults.engine.fileio.FileIO;
import io.delta.kernel.defaults.engine.fileio.InputFile;
import io.delta.kernel.defaults.engine.fileio.OutputFile;
import io.delta.kernel.defaults.engine.fileio.PositionOutputStream;
import io.delta.kernel.defaults.engine.fileio.SeekableInputStream;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.internal.store.FileSink;
import io.neuralake.internal.store.FileStore;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;

/** Kernel's default engine with its own readers: what ours is held to. */
final class KernelEngine implements FileIO {

  private final FileStore store;
  private final StoreFileIO files;

  private KernelEngine(FileStore store) {
    this.store = store;
    this.files = new StoreFileIO(new LogFiles(store, Runnable::run, new LogCache(0)));
  }

  static Engine on(FileStore store) {
    return DefaultEngine.create(new KernelEngine(store));
  }

  @Override
  public InputFile newInputFile(String path, long size) {
    return new InputFile() {
      @Override
      public long length() throws IOException {
        return store.stat(StoreFileIO.location(path)).size();
      }

      @Override
      public String path() {
        return path;
      }

      @Override
      public SeekableInputStream newStream() throws IOException {
        return new Content(store.read(StoreFileIO.location(path), Integer.MAX_VALUE));
      }
    };
  }

  private static final class Content extends SeekableInputStream {
    private final ByteArrayInputStream in;
    private final int size;

    Content(byte[] content) {
      in = new ByteArrayInputStream(content);
      size = content.length;
    }

    @Override
    public long getPos() {
      return size - in.available();
    }

    @Override
    public void seek(long position) {
      in.reset();
      in.skip(position);
    }

    @Override
    public void readFully(byte[] target, int offset, int length) throws IOException {
      if (in.readNBytes(target, offset, length) < length) {
        throw new EOFException();
      }
    }

    @Override
    public int read() {
      return in.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return in.read(target, offset, length);
    }
  }

  @Override
  public CloseableIterator<FileStatus> listFrom(String path) throws IOException {
    return files.listFrom(path);
  }

  @Override
  public FileStatus getFileStatus(String path) throws IOException {
    return files.getFileStatus(path);
  }

  @Override
  public String resolvePath(String path) {
    return path;
  }

  @Override
  public boolean mkdirs(String path) {
    return true;
  }

  @Override
  public OutputFile newOutputFile(String path) {
    OutputFile output = files.newOutputFile(path);
    return new OutputFile() {
      @Override
      public String path() {
        return path;
      }

      @Override
      public PositionOutputStream create(boolean atomicWrite) throws IOException {
        return new SinkStream(store.create(StoreFileIO.location(path)));
      }

      @Override
      public void writeAtomically(CloseableIterator<String> data, boolean overwrite)
          throws IOException {
        output.writeAtomically(data, overwrite);
      }
    };
  }

  @Override
  public boolean delete(String path) throws IOException {
    return files.delete(path);
  }

  @Override
  public Optional<String> getConf(String key) {
    return Optional.empty();
  }

  @Override
  public void copyFileAtomically(String from, String to, boolean overwrite) {
    throw new UnsupportedOperationException();
  }

  private static final class SinkStream extends PositionOutputStream {
    private final FileSink sink;
    private boolean failed;

    SinkStream(FileSink sink) {
      this.sink = sink;
    }

    @Override
    public long getPos() {
      return sink.position();
    }

    @Override
    public void write(int b) throws IOException {
      failed = true;
      sink.write(b);
      failed = false;
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
      failed = true;
      sink.write(b, off, len);
      failed = false;
    }

    @Override
    public void close() throws IOException {
      if (failed) {
        sink.abort();
      } else {
        sink.close();
      }
    }
  }
}
