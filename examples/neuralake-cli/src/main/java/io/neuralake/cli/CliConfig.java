package io.neuralake.cli;

import io.neuralake.storage.S3;
import io.neuralake.storage.S3Credentials;
import io.neuralake.storage.StorageSettings;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration file and the environment say. A setting of the file wins over the variable
 * of the environment that it stands for.
 *
 * @param profile how careful to be
 * @param environment as the library reads it, the file's settings included
 * @param retention of vacuums, empty for what the table says
 * @param keepVersions of vacuums
 * @param deletesPerSecond of vacuums
 * @param targetFileSize of compactions in bytes, empty for what the table says
 */
record CliConfig(
    Profile profile,
    Map<String, String> environment,
    Optional<Duration> retention,
    int keepVersions,
    double deletesPerSecond,
    Optional<Long> targetFileSize) {

  /** How careful to be. */
  enum Profile {
    /** Whatever works. */
    LOCAL,
    /** No plain HTTP, no anonymous access. */
    PRODUCTION
  }

  /** Settings of the file, in the order in which they are documented. */
  enum Key {
    PROFILE("profile", null, "LOCAL, or PRODUCTION, which refuses plain http and anonymous access"),
    S3_ENDPOINT("s3.endpoint", "AWS_ENDPOINT_URL", "address of an S3-compatible storage"),
    S3_REGION("s3.region", "AWS_REGION", "region of the bucket"),
    S3_KEY("s3.access-key-id", "AWS_ACCESS_KEY_ID", "default: the AWS default chain"),
    S3_SECRET("s3.secret-access-key", "AWS_SECRET_ACCESS_KEY", "belongs to the key"),
    S3_ANONYMOUS("s3.anonymous", "AWS_SKIP_SIGNATURE", "true: requests are not signed"),
    S3_HTTP("s3.allow-http", "AWS_ALLOW_HTTP", "true: an endpoint may be plain http"),
    S3_VIRTUAL_HOSTS(
        "s3.virtual-hosts", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true: the bucket is in the host"),
    LOCK("lock", "NEURALAKE_LOCK_PROVIDER", "lock provider of commits, such as dynamodb"),
    RETENTION("vacuum.retention", null, "such as 168h; default: what the table says"),
    KEEP_VERSIONS("vacuum.keep-versions", null, "default: 1"),
    DELETES("vacuum.deletes-per-second", null, "default: no limit"),
    FILE_SIZE("compact.target-file-size", null, "such as 128MiB; default: what the table says");

    final String text;
    final @Nullable String variable;
    final String meaning;

    Key(String text, @Nullable String variable, String meaning) {
      this.text = text;
      this.variable = variable;
      this.meaning = meaning;
    }
  }

  /** A setting that makes no sense; the message says which and why. */
  static final class BadSetting extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadSetting(String problem) {
      super(problem);
    }
  }

  private static final Pattern AMOUNT = Pattern.compile("(\\d{1,12})\\s*([a-zA-Z]+)");

  /** The settings and what they mean, a line each. */
  static String help() {
    return Arrays.stream(Key.values())
        .map(key -> "  %-26s %s".formatted(key.text, key.meaning))
        .collect(Collectors.joining("\n"));
  }

  /**
   * Reads the file, if there is one.
   *
   * @throws BadSetting if it cannot be read, or a setting is unknown or makes no sense
   */
  static CliConfig read(@Nullable Path file, Map<String, String> environment) {
    Map<Key, String> settings = new LinkedHashMap<>();
    if (file != null) {
      load(file).forEach((name, value) -> settings.put(key(file, name.toString()), value.toString().strip()));
    }
    Map<String, String> merged = new LinkedHashMap<>(environment);
    settings.forEach(
        (key, value) -> {
          if (key.variable != null) {
            merged.put(key.variable, value);
          }
        });
    CliConfig config =
        new CliConfig(
            profile(settings.getOrDefault(Key.PROFILE, "LOCAL")),
            merged,
            Optional.ofNullable(settings.get(Key.RETENTION)).map(CliConfig::duration),
            (int) number(Key.KEEP_VERSIONS, settings.getOrDefault(Key.KEEP_VERSIONS, "1")),
            settings.containsKey(Key.DELETES)
                ? number(Key.DELETES, settings.get(Key.DELETES))
                : Double.POSITIVE_INFINITY,
            Optional.ofNullable(settings.get(Key.FILE_SIZE)).map(CliConfig::bytes));
    config.checkProfile();
    return config;
  }

  /** How storage is reached. */
  StorageSettings storage() {
    return StorageSettings.fromEnvironment(environment);
  }

  private void checkProfile() {
    if (profile != Profile.PRODUCTION) {
      return;
    }
    S3 s3 = storage().s3();
    boolean http = s3.endpoint().filter(e -> "http".equalsIgnoreCase(e.getScheme())).isPresent();
    if (http || s3.httpAllowed()) {
      throw new BadSetting(
          "Profile PRODUCTION refuses plain http: whoever listens reads the data. Give an https"
              + " endpoint and leave out s3.allow-http (AWS_ALLOW_HTTP), or use profile LOCAL.");
    }
    if (s3.credentials() instanceof S3Credentials.Anonymous) {
      throw new BadSetting(
          "Profile PRODUCTION refuses anonymous access. Leave out s3.anonymous"
              + " (AWS_SKIP_SIGNATURE), or use profile LOCAL.");
    }
  }

  private static Properties load(Path file) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(in);
      return properties;
    } catch (IOException | IllegalArgumentException e) {
      throw new BadSetting("The configuration file " + file + " cannot be read: " + e);
    }
  }

  private static Key key(Path file, String name) {
    return Arrays.stream(Key.values())
        .filter(key -> key.text.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadSetting(
                    file
                        + ": there is no setting '"
                        + name
                        + "'. There are "
                        + Arrays.stream(Key.values())
                            .map(key -> key.text)
                            .collect(Collectors.toCollection(TreeSet::new))
                        + "."));
  }

  private static Profile profile(String text) {
    try {
      return Profile.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new BadSetting("profile is LOCAL or PRODUCTION, not '" + text + "'.");
    }
  }

  private static double number(Key key, String text) {
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw new BadSetting(key.text + " is a number from 1 on, not '" + text + "'.");
    }
    return Double.parseDouble(text);
  }

  /** A time as {@code 90s}, {@code 30m}, {@code 168h}, {@code 7d} or in ISO 8601. */
  static Duration duration(String text) {
    Matcher amount = AMOUNT.matcher(text);
    try {
      if (!amount.matches()) {
        return Duration.parse(text);
      }
      long number = Long.parseLong(amount.group(1));
      return switch (amount.group(2)) {
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        case "h" -> Duration.ofHours(number);
        case "d" -> Duration.ofDays(number);
        default -> Duration.parse(text);
      };
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new BadSetting("'" + text + "' is not a time. Write 90s, 30m, 168h or 7d.");
    }
  }

  /** A size as {@code 64MiB}, {@code 1GiB} or a number of bytes. */
  static long bytes(String text) {
    Matcher amount = AMOUNT.matcher(text.matches("\\d+") ? text + "B" : text);
    long unit =
        !amount.matches()
            ? 0
            : switch (amount.group(2).toUpperCase(Locale.ROOT)) {
              case "B" -> 1;
              case "KIB", "KB", "K" -> 1L << 10;
              case "MIB", "MB", "M" -> 1L << 20;
              case "GIB", "GB", "G" -> 1L << 30;
              default -> 0;
            };
    if (unit == 0) {
      throw new BadSetting("'" + text + "' is not a size. Write 64MiB, 1GiB or a number of bytes.");
    }
    return Math.multiplyExact(Long.parseLong(amount.group(1)), unit);
  }
}
