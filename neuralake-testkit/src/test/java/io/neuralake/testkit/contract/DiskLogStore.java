package io.neuralake.testkit.contract;

import io.delta.storage.CloseableIterator;
import io.delta.storage.LogStore;
import java.io.BufferedWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/** A log store on local disk that is right, and others that are wrong in one way each. */
final class DiskLogStore extends LogStore {
  private boolean replaces;
  private boolean unordered;
  private boolean streams;
  private Map<org.apache.hadoop.fs.Path, List<FileStatus>> remembered;

  DiskLogStore(Configuration configuration) {
    super(configuration);
  }

  DiskLogStore replacing() {
    replaces = true;
    return this;
  }

  DiskLogStore unordered() {
    unordered = true;
    return this;
  }

  DiskLogStore streaming() {
    streams = true;
    return this;
  }

  DiskLogStore remembering() {
    remembered = new HashMap<>();
    return this;
  }

  private static Path local(org.apache.hadoop.fs.Path path) {
    return Path.of(path.toUri().getPath());
  }

  @Override
  public CloseableIterator<String> read(org.apache.hadoop.fs.Path path, Configuration c)
      throws IOException {
    if (!Files.exists(local(path))) {
      throw new FileNotFoundException(path.toString());
    }
    Iterator<String> lines = Files.readAllLines(local(path)).iterator();
    return new CloseableIterator<>() {
      @Override
      public boolean hasNext() {
        return lines.hasNext();
      }

      @Override
      public String next() {
        return lines.next();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void write(
      org.apache.hadoop.fs.Path path, Iterator<String> actions, Boolean overwrite, Configuration c)
      throws IOException {
    Path file = local(path);
    Files.createDirectories(file.getParent());
    Path temporary =
        streams ? file : file.resolveSibling("." + file.getFileName() + UUID.randomUUID());
    if (streams && !overwrite && Files.exists(file)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    try (BufferedWriter out = Files.newBufferedWriter(temporary)) {
      while (actions.hasNext()) {
        out.write(actions.next());
        out.newLine();
      }
    }
    if (!streams) {
      publish(temporary, file, overwrite || replaces);
    }
  }

  private static void publish(Path temporary, Path file, boolean replace) throws IOException {
    try {
      if (replace) {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } else {
        Files.createLink(file, temporary);
      }
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  @Override
  public Iterator<FileStatus> listFrom(org.apache.hadoop.fs.Path path, Configuration c)
      throws IOException {
    if (remembered != null && remembered.containsKey(path)) {
      return remembered.get(path).iterator();
    }
    Path file = local(path);
    if (!Files.isDirectory(file.getParent())) {
      throw new FileNotFoundException(path.toString());
    }
    List<FileStatus> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(file.getParent())) {
      files
          .filter(f -> f.getFileName().compareTo(file.getFileName()) >= 0)
          .filter(f -> !f.getFileName().toString().startsWith("."))
          .sorted()
          .forEach(
              f ->
                  found.add(
                      new FileStatus(
                          f.toFile().length(),
                          false,
                          1,
                          1,
                          f.toFile().lastModified(),
                          new org.apache.hadoop.fs.Path(f.toUri()))));
    }
    if (unordered) {
      Collections.reverse(found);
    }
    if (remembered != null) {
      remembered.put(path, found);
    }
    return found.iterator();
  }

  @Override
  public org.apache.hadoop.fs.Path resolvePathOnPhysicalStorage(
      org.apache.hadoop.fs.Path path, Configuration c) {
    return path;
  }

  @Override
  public Boolean isPartialWriteVisible(org.apache.hadoop.fs.Path path, Configuration c) {
    return false;
  }
}
