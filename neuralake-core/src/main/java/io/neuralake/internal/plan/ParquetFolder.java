package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.internal.columnar.ParquetContent;
import io.neuralake.internal.columnar.PartitionValues;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.Locations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The Parquet files of a folder, with what their names and footers say.
 *
 * @param files in the order of their paths
 */
record ParquetFolder(List<Found> files) {

  /**
   * A file.
   *
   * @param path raw, below the folder
   * @param partition values of its folders by column, outermost first; as they are written there
   */
  record Found(
      FileInfo info, String path, Map<String, @Nullable String> partition, ParquetContent content) {

    private Found sharing(Map<StructType, StructType> schemas) {
      StructType same = schemas.computeIfAbsent(content.schema(), schema -> schema);
      return new Found(info, path, partition, new ParquetContent(same, content.stats()));
    }
  }

  /** Footers that are read at the same time. */
  private static final int READERS = 8;

  /**
   * Lists a folder and reads the footers. Names that begin with a dot or an underscore are passed
   * over, as Spark does it, unless they are those of a partition.
   *
   * @param workers read footers
   * @param counted the columns of which statistics are wanted, of a file's
   * @throws InvalidRequestException if a file cannot be part of a table, naming it
   */
  static ParquetFolder read(
      FileStore store,
      String folder,
      Executor workers,
      Function<StructType, Set<List<String>>> counted) {
    try {
      Iterator<FileInfo> listing = store.listRecursively(folder);
      List<Found> found = Collections.synchronizedList(new ArrayList<>());
      Map<StructType, StructType> schemas = new ConcurrentHashMap<>(); // of many files few differ
      AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
      CountDownLatch running = new CountDownLatch(READERS);
      Runnable reader =
          () -> {
            try {
              for (FileInfo file = next(listing, folder);
                  file != null && failure.get() == null;
                  file = next(listing, folder)) {
                found.add(found(store, folder, file, counted).sharing(schemas));
              }
            } catch (IOException | RuntimeException | Error e) {
              failure.compareAndSet(null, e);
            } finally {
              running.countDown();
            }
          };
      for (int i = 0; i < READERS; i++) {
        try {
          workers.execute(reader);
        } catch (RuntimeException e) { // the lake is closing
          failure.compareAndSet(null, e);
          running.countDown();
        }
      }
      await(running, failure, folder);
      Throwable first = failure.get();
      if (first instanceof Error error) {
        throw error;
      } else if (first instanceof RuntimeException e && !(e instanceof UncheckedIOException)) {
        throw e;
      } else if (first instanceof Exception e) {
        throw KernelErrors.translate(folder, "reading the footers of its files", e);
      }
      found.sort(Comparator.comparing(Found::path));
      return new ParquetFolder(List.copyOf(found));
    } catch (IOException e) {
      throw KernelErrors.translate(folder, "listing its files", e);
    }
  }

  /** Waits for the readers, which end at their next file after an interrupt. */
  private static void await(
      CountDownLatch running, AtomicReference<@Nullable Throwable> failure, String folder) {
    boolean interrupted = false;
    while (true) {
      try {
        running.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        failure.compareAndSet(
            null, new StorageException(folder + ": interrupted while reading its files.", e));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable FileInfo next(Iterator<FileInfo> listing, String folder) {
    synchronized (listing) {
      while (listing.hasNext()) {
        FileInfo file = listing.next();
        if (Arrays.stream(Locations.relativize(folder, file.location()).split("/"))
            .noneMatch(ParquetFolder::isHidden)) {
          return file;
        }
      }
      return null;
    }
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".") || (name.startsWith("_") && name.indexOf('=') < 0);
  }

  private static Found found(
      FileStore store,
      String folder,
      FileInfo file,
      Function<StructType, Set<List<String>>> counted)
      throws IOException {
    String path = Locations.relativize(folder, file.location());
    Map<String, @Nullable String> partition = new LinkedHashMap<>();
    String[] names = path.split("/");
    for (String name : Arrays.copyOf(names, names.length - 1)) {
      int at = name.indexOf('=');
      if (at > 0) {
        String value = PartitionValues.ofDirectory(name.substring(at + 1));
        if (partition.put(PartitionValues.unescape(name.substring(0, at)), value) != null
            || (value != null && value.isEmpty())) {
          throw new InvalidRequestException(
              file.location() + ": the folder '" + name + "' names no single partition value.");
        }
      } else if (!partition.isEmpty()) {
        throw new InvalidRequestException(
            file.location() + ": the folder '" + name + "' stands below one of a partition.");
      }
    }
    return new Found(
        file, path, partition, ParquetContent.read(store, file.location(), file.size(), counted));
  }
}
