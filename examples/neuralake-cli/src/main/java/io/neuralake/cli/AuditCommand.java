package io.neuralake.cli;

import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.storage.S3;
import io.neuralake.storage.S3Credentials;
import io.neuralake.testkit.audit.AuditReport;
import io.neuralake.testkit.audit.DeltaLogAudit;
import io.neuralake.testkit.audit.Finding;
import io.neuralake.testkit.audit.TableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

@Command(
    name = "audit",
    description = {
      "Checks a table's log, files, statistics and checkpoints, without neuralake's own code.",
      "Others should not write to the table meanwhile."
    },
    footer = {"", "Example: neuralake audit s3://lab/signals --no-rows"})
final class AuditCommand extends TableCommand {

  @Option(names = "--no-rows", description = "Leaves data files closed.")
  private boolean noRows;

  @Override
  int run(NeuralTable table, CliConfig settings, Output output) throws IOException {
    String location = table.location();
    if (!table.exists()) {
      table.version(); // says that there is none
    }
    if (location.startsWith("file://")) {
      return audit(TableFiles.local(Path.of(location.substring("file://".length()))), output);
    }
    if (!location.matches("s3a?://.*")) {
      throw new InvalidRequestException(location + ": only tables on disk and on S3 are audited.");
    }
    String[] parts = location.replaceFirst("s3a?://", "").split("/", 2);
    try (S3Client client = client(settings.storage().s3())) {
      return audit(TableFiles.s3(client, parts[0], parts.length > 1 ? parts[1] : ""), output);
    }
  }

  private int audit(TableFiles files, Output output) throws IOException {
    DeltaLogAudit audit = DeltaLogAudit.of(files);
    AuditReport report = (noRows ? audit.withoutRows() : audit).run();
    if (json()) {
      report.findings().forEach(finding -> output.json(json(finding)));
      output.json(Map.of("consistent", report.isConsistent()));
    } else {
      output.out().println(report);
    }
    return report.isConsistent() ? Cli.OK : Cli.FAILED;
  }

  private static Map<String, String> json(Finding finding) {
    Map<String, String> json = new LinkedHashMap<>();
    json.put("rule", finding.rule().name());
    json.put("severity", finding.severity().name());
    json.put("path", finding.path());
    json.put("explanation", finding.explanation());
    return json;
  }

  private static S3Client client(S3 settings) {
    var builder =
        S3Client.builder()
            .credentialsProvider(credentials(settings.credentials()))
            .forcePathStyle(settings.pathStyle());
    settings.endpoint().ifPresent(builder::endpointOverride);
    settings
        .region()
        .map(Region::of)
        .or(() -> settings.endpoint().map(endpoint -> Region.US_EAST_1))
        .ifPresent(builder::region);
    return builder.build();
  }

  private static AwsCredentialsProvider credentials(S3Credentials credentials) {
    if (credentials instanceof S3Credentials.Static keys) {
      return StaticCredentialsProvider.create(
          AwsBasicCredentials.create(keys.accessKeyId(), keys.secretAccessKey()));
    }
    if (credentials instanceof S3Credentials.Session keys) {
      return StaticCredentialsProvider.create(
          AwsSessionCredentials.create(
              keys.accessKeyId(), keys.secretAccessKey(), keys.sessionToken()));
    }
    return credentials instanceof S3Credentials.Anonymous
        ? AnonymousCredentialsProvider.create()
        : DefaultCredentialsProvider.builder().build();
  }
}
