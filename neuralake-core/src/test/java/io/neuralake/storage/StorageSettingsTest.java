package io.neuralake.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorageSettingsTest {
  private static final String SECRET = "sEcReT/1+2";

  @Test
  void emptyEnvironmentIsAmazonWithTheDefaultChain() {
    S3 s3 = StorageSettings.fromEnvironment(Map.of()).s3();
    assertThat(s3.endpoint()).isEmpty();
    assertThat(s3.region()).isEmpty();
    assertThat(s3.pathStyle()).isFalse();
    assertThat(s3.credentials()).isEqualTo(S3Credentials.defaultChain());
  }

  @Test
  void environmentGivesEverything() {
    S3 s3 =
        StorageSettings.fromEnvironment(
                Map.of(
                    "AWS_ENDPOINT_URL_S3", "http://localhost:9000",
                    "AWS_ENDPOINT_URL", "https://elsewhere",
                    "AWS_REGION", "eu-west-1",
                    "AWS_DEFAULT_REGION", "us-west-2",
                    "AWS_ACCESS_KEY_ID", "id",
                    "AWS_SECRET_ACCESS_KEY", SECRET,
                    "AWS_SESSION_TOKEN", "token",
                    "AWS_ALLOW_HTTP", "True"))
            .s3();
    assertThat(s3.endpoint()).contains(URI.create("http://localhost:9000"));
    assertThat(s3.region()).contains("eu-west-1");
    assertThat(s3.pathStyle()).isTrue();
    assertThat(s3.credentials()).isEqualTo(S3Credentials.session("id", SECRET, "token"));
  }

  @Test
  void generalNamesAreTheSecondChoice() {
    S3 s3 =
        StorageSettings.fromEnvironment(
                Map.of(
                    "AWS_ENDPOINT_URL", "https://elsewhere",
                    "AWS_DEFAULT_REGION", "us-west-2",
                    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true",
                    "AWS_SKIP_SIGNATURE", "1"))
            .s3();
    assertThat(s3.endpoint()).contains(URI.create("https://elsewhere"));
    assertThat(s3.region()).contains("us-west-2");
    assertThat(s3.pathStyle()).isFalse();
    assertThat(s3.credentials()).isEqualTo(S3Credentials.anonymous());
  }

  @Test
  void emptyValuesCountAsNotSet() {
    var env = Map.of("AWS_ACCESS_KEY_ID", "", "AWS_ENDPOINT_URL", " ", "AWS_ALLOW_HTTP", "");
    assertThat(StorageSettings.fromEnvironment(env)).isEqualTo(StorageSettings.defaults());
  }

  @Test
  void halfGivenCredentialsAreRefused() {
    assertThatThrownBy(() -> StorageSettings.fromEnvironment(Map.of("AWS_ACCESS_KEY_ID", "id")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("AWS_SECRET_ACCESS_KEY is not set");
    assertThatThrownBy(
            () -> StorageSettings.fromEnvironment(Map.of("AWS_SECRET_ACCESS_KEY", SECRET)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("AWS_ACCESS_KEY_ID is not set")
        .hasMessageNotContaining(SECRET);
    assertThatThrownBy(() -> StorageSettings.fromEnvironment(Map.of("AWS_SESSION_TOKEN", SECRET)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("AWS_ACCESS_KEY_ID is not set")
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void unsafeRenameIsRefused() {
    assertThatThrownBy(
            () -> StorageSettings.fromEnvironment(Map.of("AWS_S3_ALLOW_UNSAFE_RENAME", "true")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("AWS_S3_ALLOW_UNSAFE_RENAME=true is refused")
        .hasMessageContaining("put-if-absent");
    assertThat(StorageSettings.fromEnvironment(Map.of("AWS_S3_ALLOW_UNSAFE_RENAME", "false")))
        .isEqualTo(StorageSettings.defaults());
  }

  @Test
  void malformedFlagIsRefused() {
    assertThatThrownBy(() -> StorageSettings.fromEnvironment(Map.of("AWS_ALLOW_HTTP", "maybe")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("AWS_ALLOW_HTTP is neither true nor false");
  }

  @Test
  void plainHttpNeedsPermission() {
    S3 s3 = S3.at("http://localhost:9000");
    assertThatThrownBy(() -> StorageSettings.of(s3))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("http://localhost:9000: plain http is refused")
        .hasMessageContaining("AWS_ALLOW_HTTP=true");
    assertThat(StorageSettings.of(s3.allowHttp()).s3().httpAllowed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host",
        "localhost:9000",
        "http:///path",
        "http://u:sEcReT@host",
        "http://h?x=sEcReT",
        "http://h/#sEcReT",
        "http://sEcReT sEcReT",
        ""
      })
  void endpointsThatAreNoneAreRefusedWithoutBeingQuoted(String endpoint) {
    assertThatThrownBy(() -> S3.at(endpoint))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("S3 endpoint refused: ")
        .hasMessageNotContaining("sEcReT")
        .hasNoCause();
  }

  @Test
  void settersReturnNewValuesAndKeepTheRest() {
    S3 base = S3.at("https://host");
    S3 changed =
        base.region("r")
            .connectTimeout(Duration.ofSeconds(1))
            .socketTimeout(Duration.ofSeconds(2))
            .maxConnections(3)
            .retries(4)
            .partSize(5L << 20)
            .multipartThreshold(6L << 20)
            .pathStyle(false)
            .credentials(S3Credentials.anonymous());
    assertThat(changed.endpoint()).isEqualTo(base.endpoint());
    assertThat(changed.region()).contains("r");
    assertThat(changed.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(changed.socketTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(changed.maxConnections()).isEqualTo(3);
    assertThat(changed.retries()).isEqualTo(4);
    assertThat(changed.partSize()).isEqualTo(5L << 20);
    assertThat(changed.multipartThreshold()).isEqualTo(6L << 20);
    assertThat(changed.pathStyle()).isFalse();
    assertThat(changed.credentials()).isEqualTo(S3Credentials.anonymous());
    assertThat(base).isEqualTo(S3.at("https://host")).isNotEqualTo(changed);
  }

  @Test
  void thresholdIsNeverBelowThePartSize() {
    assertThat(S3.aws().partSize(9L << 20).multipartThreshold(0).multipartThreshold())
        .isEqualTo(9L << 20);
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> S3.aws().partSize(5))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("part size 5 is not between 5242880 and");
    assertThatThrownBy(() -> S3.aws().retries(-1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("retries -1 is not between 0 and");
    assertThatThrownBy(() -> S3.aws().maxConnections(0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("max connections 0");
    assertThatThrownBy(() -> S3.aws().connectTimeout(Duration.ZERO))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("connect timeout PT0S");
    assertThatThrownBy(() -> S3.aws().region(" "))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the region is empty");
    assertThatThrownBy(() -> S3Credentials.of("id", " "))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the secret access key is empty");
  }

  @Test
  void secretsNeverShow() {
    var settings =
        StorageSettings.of(
                S3.at("https://host").credentials(S3Credentials.session("AKIA1", SECRET, "tok7")))
            .with(Hadoop.of(Map.of("fs.azure.account.key.x", SECRET)));
    assertThat(settings.toString())
        .contains("https://host", "fs.azure.account.key.x")
        .doesNotContain(SECRET, "tok7", "AKIA1");
    assertThat(S3Credentials.of("AKIA1", SECRET).toString()).doesNotContain(SECRET, "AKIA1");
  }

  @Test
  void hadoopSettingsAreImmutableRefinements() {
    Hadoop base = Hadoop.of(Map.of("a", "1"));
    Hadoop more = base.set("b", "2").logStore("FOO", "com.example.Store").alsoFor("s3a");
    assertThat(more.configuration()).containsOnly(Map.entry("a", "1"), Map.entry("b", "2"));
    assertThat(more.logStore("foo")).contains("com.example.Store");
    assertThat(more.isAlsoFor("s3a")).isTrue();
    assertThat(base).isEqualTo(Hadoop.of(Map.of("a", "1")));
    assertThatThrownBy(() -> base.alsoFor("file"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("scheme file is always served by the built-in local storage");
    assertThatThrownBy(() -> base.logStore("no scheme", "x"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'no scheme' is not a scheme");
  }
}
