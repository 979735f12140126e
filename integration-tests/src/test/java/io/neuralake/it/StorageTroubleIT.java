package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.error.StorageException;
import io.neuralake.storage.S3;
import io.neuralake.storage.S3Credentials;
import io.neuralake.storage.StorageSettings;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.JavaProcess;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What users see first when something is set up wrongly: which table, what is wrong, what to do.
 */
@NeuralLakeTest
@Timeout(120)
class StorageTroubleIT {
  private static final String SECRET = "wRoNgSeCrEt/0123456789";

  private static final List<Consumer<NeuralTable>> OPERATIONS =
      List.of(
          NeuralTable::schema,
          NeuralTable::exists,
          NeuralTable::count,
          table -> table.append(NeuralSignals.seeded(1).take(3)).commit(),
          table -> table.create(NeuralSignal.class).ifNotExists().commit());

  /** Every operation fails soon, and says so in the same clear way. */
  private static void assertEachFails(
      S3 settings,
      String location,
      Class<? extends NeuralLakeException> type,
      Consumer<AbstractThrowableAssert<?, ?>> said) {
    try (NeuralLake lake = NeuralLake.builder().storage(settings).build()) {
      for (Consumer<NeuralTable> operation : OPERATIONS) {
        long start = System.nanoTime();
        said.accept(
            assertThatThrownBy(() -> operation.accept(lake.table(location)))
                .isInstanceOf(type)
                .hasMessageStartingWith(location + ": ")
                .satisfies(StorageTroubleIT::showsNoSecret));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      }
    }
  }

  private static void showsNoSecret(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      assertThat(String.valueOf(t)).doesNotContain(SECRET);
    }
  }

  @Test
  void wrongCredentials(S3Bucket bucket, NeuralTable table) {
    table.create(NeuralSignal.class).commit();
    S3 wrong = bucket.connection().storage().credentials(S3Credentials.of("wrong-id", SECRET));
    assertEachFails(
        wrong,
        table.location(),
        StorageException.class,
        said ->
            said.hasMessageContaining("the storage refused access while ")
                .hasMessageContaining("refused by " + bucket.endpoint())
                .hasMessageContaining("Check the credentials and their permissions."));
    assertThat(table.version()).isZero();
  }

  @Test
  void unreachableEndpoint() {
    S3 nowhere =
        S3.at("http://127.0.0.1:1")
            .allowHttp()
            .connectTimeout(Duration.ofSeconds(1))
            .credentials(S3Credentials.of("id", SECRET));
    assertEachFails(
        nowhere,
        "s3://bucket/table",
        StorageException.class,
        said ->
            said.hasMessageContaining("no answer from http://127.0.0.1:1")
                .hasMessageContaining("Check that the endpoint is right and reachable"));
  }

  @Test
  void missingBucket(S3Bucket bucket) {
    assertEachFails(
        bucket.connection().storage(),
        "s3://no-such-bucket-here/table",
        StorageException.class,
        said ->
            said.hasMessageContaining("the bucket does not exist at " + bucket.endpoint())
                .hasMessageContaining("Create it, or correct it."));
  }

  @Test
  void plainHttpMustBeAllowed(S3Bucket bucket) {
    S3 plain = S3.at(bucket.endpoint()).credentials(S3Credentials.of("id", SECRET));
    assertThatThrownBy(() -> NeuralLake.builder().storage(plain).build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "S3 endpoint "
                + bucket.endpoint()
                + ": plain http is refused, because data and signatures would travel unencrypted."
                + " Use https, or allow it by S3.allowHttp() (AWS_ALLOW_HTTP=true).")
        .satisfies(StorageTroubleIT::showsNoSecret);
    Map<String, String> env = new HashMap<>(bucket.env());
    env.remove("AWS_ALLOW_HTTP");
    assertThatThrownBy(
            () -> NeuralLake.builder().storage(StorageSettings.fromEnvironment(env)).build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("plain http is refused");
  }

  @Test
  void unsafeRenameIsRefused(S3Bucket bucket, NeuralTable table) throws Exception {
    Map<String, String> env = new HashMap<>(bucket.env());
    env.put("AWS_S3_ALLOW_UNSAFE_RENAME", "true");
    String refusal = "Environment: AWS_S3_ALLOW_UNSAFE_RENAME=true is refused. ";
    assertThatThrownBy(() -> StorageSettings.fromEnvironment(env))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith(refusal)
        .hasMessageContaining("Unset it");
    try (JavaProcess creator =
        JavaProcess.of(Writers.Creator.class, table.location(), "1", "signal")
            .environment(env)
            .jvmArguments("-Xmx256m")
            .start()) {
      assertThat(creator.waitFor(Duration.ofSeconds(60))).isZero();
      assertThat(Writers.saidBy(creator))
          .singleElement()
          .asString()
          .startsWith("InvalidRequestException: " + refusal);
    }
    assertThat(table.exists()).isFalse();
  }

  @Test
  void environmentThatIsRightWorks(S3Bucket bucket, NeuralTable table) {
    StorageSettings settings = StorageSettings.fromEnvironment(bucket.env());
    try (NeuralLake lake = NeuralLake.builder().storage(settings).build()) {
      lake.table(table.location()).create(NeuralSignal.class).commit();
    }
    assertThat(table.exists()).isTrue();
  }
}
