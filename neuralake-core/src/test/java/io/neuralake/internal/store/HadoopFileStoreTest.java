package io.neuralake.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.storage.Hadoop;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HadoopFileStoreTest extends FileStoreContract {
  private static final Hadoop DISK =
      Hadoop.of(
          Map.of(
              "fs.disk.impl",
              LocalDiskUnderAnotherName.class.getName(),
              "fs.AbstractFileSystem.disk.impl",
              LocalDiskUnderAnotherName.Context.class.getName()));

  @TempDir Path temp;
  private final HadoopFileStore store =
      new HadoopFileStore(
          DISK.logStore("disk", LocalDiskUnderAnotherName.OneWinner.class.getName()),
          new Random(1));

  @Override
  protected FileStore store() {
    return store;
  }

  @Override
  protected String folder() {
    return "disk://" + temp.resolve("base");
  }

  @Test
  void unknownSchemesAreReadOnlyUntilALogStoreIsGiven() throws IOException {
    var readOnly = new HadoopFileStore(DISK, new Random(1));
    assertThatThrownBy(() -> readOnly.writeIfAbsent(at("0.json"), bytes("x\n")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith(at("0.json") + ": cannot commit, as no atomic create is known")
        .hasMessageContaining("Hadoop.logStore(\"disk\", className)");
    assertThat(locations(readOnly.listRecursively(folder()))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "io.delta.storage.S3SingleDriverLogStore, is refused",
    "io.delta.storage.LocalLogStore, is refused",
    "java.lang.String, cannot be used",
    "no.such.Store, cannot be used",
  })
  void unsafeOrUnusableLogStoresAreRefused(String className, String why) {
    for (Hadoop settings :
        List.of(
            DISK.logStore("disk", className),
            DISK.set("spark.delta.logStore.disk.impl", className))) {
      var refused = new HadoopFileStore(settings, new Random(1));
      assertThatThrownBy(() -> refused.writeIfAbsent(at("0.json"), bytes("x\n")))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageStartingWith(at("0.json") + ": log store " + className + " " + why);
    }
  }

  @Test
  void logStoresWriteTextOnly() {
    assertThatThrownBy(() -> store.writeIfAbsent(at("bin"), new byte[] {(byte) 0xff}))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(at("bin") + ": a log store creates text files only");
  }

  @ParameterizedTest
  @CsvSource({
    "s3a, org.apache.hadoop:hadoop-aws",
    "abfss, org.apache.hadoop:hadoop-azure",
    "gs, com.google.cloud.bigdataoss:gcs-connector",
    "nosuch, fs.nosuch.impl",
  })
  void missingConnectorsAreNamed(String scheme, String artifact) {
    String file = scheme + "://box/x";
    assertThatThrownBy(() -> store.read(file, 10))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": no Hadoop connector for scheme '" + scheme + "'")
        .hasMessageContaining(artifact);
  }

  @Test
  void failuresAreMapped() {
    assertThat(HadoopFileStore.failure("hdfs://h/x", new AccessControlException("no")))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining("hdfs://h/x");
    assertThat(HadoopFileStore.failure("hdfs://h/x", new SocketTimeoutException("slow")))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("hdfs://h/x: the file system failed (slow).");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
