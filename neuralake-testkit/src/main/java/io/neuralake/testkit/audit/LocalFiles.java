package io.neuralake.testkit.audit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** A table in a local folder. */
record LocalFiles(Path folder) implements TableFiles {

  @Override
  public String location() {
    return folder.toString();
  }

  @Override
  public List<StoredFile> list() throws IOException {
    List<StoredFile> files = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return files;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes of) {
            files.add(
                new StoredFile(
                    folder.relativize(file).toString().replace('\\', '/'),
                    of.size(),
                    of.lastModifiedTime().toInstant()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) { // a temporary one that was there a moment ago
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    return files;
  }

  @Override
  public byte[] read(String path) throws IOException {
    String name = LogPaths.normal(path);
    if (LogPaths.hasScheme(name)) {
      throw new IOException(path + " is not on the local disk");
    }
    try {
      return Files.readAllBytes(folder.resolve(name));
    } catch (NoSuchFileException e) {
      throw (IOException) new FileNotFoundException(path + " does not exist").initCause(e);
    }
  }
}
