package io.neuralake.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.storage.Hadoop;
import io.neuralake.storage.S3;
import io.neuralake.storage.S3Credentials;
import io.neuralake.storage.StorageSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileStoresTest {

  @Test
  void theSchemeChooses() {
    try (var stores = new FileStores(StorageSettings.defaults(), new Random(1), Runnable::run)) {
      assertThat(stores.at("file:///x")).isInstanceOf(LocalFileStore.class);
      assertThat(stores.at("s3://b/x")).isInstanceOf(S3FileStore.class);
      assertThat(stores.at("s3a://b/x")).isSameAs(stores.at("s3://b/y"));
      assertThat(stores.at("hdfs://h/x")).isInstanceOf(HadoopFileStore.class);
      assertThatThrownBy(() -> stores.at("/x"))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("'/x' is not a location");
    }
  }

  @Test
  void s3aGoesThroughHadoopWhereAskedFor() {
    var settings = StorageSettings.of(Hadoop.defaults().alsoFor("s3a"));
    try (var stores = new FileStores(settings, new Random(1), Runnable::run)) {
      assertThat(stores.at("s3a://b/x")).isInstanceOf(HadoopFileStore.class);
      assertThat(stores.at("s3://b/x")).isInstanceOf(S3FileStore.class);
    }
  }

  @Test
  void plainHttpIsRefusedBeforeAnythingIsSent() {
    assertThatThrownBy(() -> new S3FileStore(S3.at("http://127.0.0.1:1")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("plain http is refused");
  }

  @Test
  void unreachableEndpointIsNamedWithTheRemedy() {
    S3 nowhere =
        S3.at("http://127.0.0.1:1")
            .allowHttp()
            .connectTimeout(Duration.ofSeconds(1))
            .retries(0)
            .credentials(S3Credentials.of("id-1", "sEcReT"));
    try (var store = new S3FileStore(nowhere)) {
      assertThatThrownBy(() -> store.write("s3://b/x", new byte[1]))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("s3://b/x: no answer from http://127.0.0.1:1")
          .hasMessageContaining("Check that the endpoint is right and reachable")
          .hasMessageNotContaining("sEcReT");
      assertThatThrownBy(() -> store.stat("s3://"))
          .isInstanceOf(IOException.class)
          .hasMessage("s3://: names no bucket. Expected s3://bucket/key.");
      assertThatThrownBy(() -> store.stat("file:///x"))
          .isInstanceOf(IOException.class)
          .hasMessage("file:///x: is not on S3. Expected s3://bucket/key.");
    }
  }

  @Test
  void closedStoreSaysSo() {
    var store = new S3FileStore(S3.at("https://localhost:1"));
    store.close();
    assertThatThrownBy(() -> store.stat("s3://b/x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The S3 store is closed.");
  }
}
