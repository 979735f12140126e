package io.neuralake.internal.log;

import io.delta.kernel.defaults.engine.fileio.FileIO;
import io.delta.kernel.defaults.engine.fileio.InputFile;
import io.delta.kernel.defaults.engine.fileio.OutputFile;
import io.delta.kernel.defaults.engine.fileio.PositionOutputStream;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.FileStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Lets Kernel list and write through a {@link FileStore}: no probes, no folder markers. What is
 * read, is read by neuralake's own readers. Thread-safe.
 */
final class StoreFileIO implements FileIO {

  private final LogFiles files;
  private final FileStore store;

  StoreFileIO(LogFiles files) {
    this.files = files;
    this.store = files.store();
  }

  @Override
  public CloseableIterator<FileStatus> listFrom(String filePath) throws IOException {
    Iterator<FileInfo> listed = files.listFrom(location(filePath));
    return new CloseableIterator<>() {
      @Override
      public boolean hasNext() {
        return listed.hasNext();
      }

      @Override
      public FileStatus next() {
        return status(listed.next());
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public FileStatus getFileStatus(String path) throws IOException {
    return status(store.stat(location(path)));
  }

  /** Kernel's paths, like Hadoop's, name local files with one slash. */
  static String location(String kernelPath) {
    return kernelPath.startsWith("file:/") && !kernelPath.startsWith("file://")
        ? "file://" + kernelPath.substring("file:".length())
        : kernelPath;
  }

  private static FileStatus status(FileInfo info) {
    String location = info.location();
    String kernelPath = location.startsWith("file://") ? "file:" + location.substring(7) : location;
    return FileStatus.of(kernelPath, info.size(), info.modifiedMillis());
  }

  @Override
  public String resolvePath(String path) {
    return path;
  }

  /** Stores create parents by themselves. */
  @Override
  public boolean mkdirs(String path) {
    return true;
  }

  @Override
  public InputFile newInputFile(String path, long fileSize) {
    throw new UnsupportedOperationException("not for Kernel's own readers");
  }

  @Override
  public OutputFile newOutputFile(String path) {
    return new OutputFile() {
      @Override
      public String path() {
        return path;
      }

      @Override
      public PositionOutputStream create(boolean atomicWrite) {
        throw new UnsupportedOperationException("not for Kernel's own writers of Parquet");
      }

      @Override
      public void writeAtomically(CloseableIterator<String> data, boolean overwrite)
          throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (data) {
          while (data.hasNext()) {
            bytes.write(data.next().getBytes(StandardCharsets.UTF_8));
            bytes.write('\n');
          }
        }
        if (overwrite) {
          store.write(location(path), bytes.toByteArray());
        } else {
          store.writeIfAbsent(location(path), bytes.toByteArray());
        }
      }
    };
  }

  @Override
  public boolean delete(String path) throws IOException {
    store.delete(List.of(location(path)));
    return true;
  }

  @Override
  public Optional<String> getConf(String confKey) {
    return Optional.empty();
  }

  /** Only catalog-managed tables, which neuralake refuses, publish commits by copying. */
  @Override
  public void copyFileAtomically(String srcPath, String destPath, boolean overwrite)
      throws IOException {
    byte[] content = store.read(location(srcPath), Integer.MAX_VALUE);
    if (overwrite) {
      store.write(location(destPath), content);
    } else {
      store.writeIfAbsent(location(destPath), content);
    }
  }
}
