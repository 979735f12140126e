package io.neuralake.cli;

import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.maintain.Vacuum;
import io.neuralake.maintain.VacuumFile;
import io.neuralake.maintain.VacuumResult;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "vacuum",
    description = "Deletes files that no version within the retention needs.",
    footer = {
      "",
      "Examples:",
      "  neuralake vacuum s3://lab/signals --dry-run --list",
      "  neuralake vacuum s3://lab/signals --lite",
      "  neuralake vacuum s3://lab/signals --retain 30d --keep-versions 10"
    })
final class VacuumCommand extends TableCommand {

  @Option(
      names = "--retain",
      paramLabel = "TIME",
      description = "How long removed files stay, such as 168h or 30d; else what the table says.")
  private @Nullable String retain;

  @Option(
      names = "--allow-short-retention",
      description = "Accepts that --retain is shorter than what the table says.")
  private boolean allowShort;

  @Option(
      names = "--keep-versions",
      paramLabel = "N",
      description = "Keeps the files of the newest versions, however old.")
  private @Nullable Integer keepVersions;

  @Option(names = "--lite", description = "Only what commits have removed; no listing.")
  private boolean lite;

  @Option(names = "--logged", description = "Writes VACUUM START and VACUUM END into the history.")
  private boolean logged;

  @Option(names = "--dry-run", description = "Changes nothing, tells what would go.")
  private boolean dryRun;

  @Option(names = "--list", description = "With --dry-run: lists the files.")
  private boolean list;

  @Option(
      names = "--deletes-per-second",
      paramLabel = "N",
      description = "No more than that many files in a second.")
  private @Nullable Double deletes;

  @Override
  int run(NeuralTable table, CliConfig settings, Output output) {
    if (list && !dryRun) {
      throw new CliConfig.BadSetting("--list goes with --dry-run.");
    }
    VacuumResult result;
    try (ProgressBar bar = new ProgressBar("vacuum", output)) {
      Vacuum vacuum = vacuum(table, settings).listener(bar);
      result = dryRun ? vacuum.dryRun(file -> list(file, output)) : vacuum.run();
    } catch (InvalidRequestException e) {
      throw new InvalidRequestException(inOptions(String.valueOf(e.getMessage())), e);
    }
    if (json()) {
      output.json(json(result));
      return Cli.OK;
    }
    output
        .out()
        .printf(
            "%s %,d files, %s, older than %s%n",
            dryRun ? "Would delete" : "Deleted",
            result.filesDeleted(),
            Output.bytes(result.bytesDeleted()),
            result.deletedBefore());
    result
        .deleted()
        .forEach((kind, total) -> output.field("  " + kind, "%,d".formatted(total.files())));
    if (result.uploadsDropped() > 0) {
      output.field("  pending uploads", result.uploadsDropped());
    }
    return Cli.OK;
  }

  /** What to do in the words of the command line. */
  private static String inOptions(String message) {
    return message
        .replace("allowShortRetention()", "--allow-short-retention")
        .replace("lite()", "--lite");
  }

  private Vacuum vacuum(NeuralTable table, CliConfig settings) {
    Vacuum vacuum =
        table
            .vacuum()
            .keepVersions(keepVersions == null ? settings.keepVersions() : keepVersions)
            .deletesPerSecond(deletes == null ? settings.deletesPerSecond() : deletes);
    Duration retention =
        retain == null ? settings.retention().orElse(null) : CliConfig.duration(retain);
    vacuum = retention == null ? vacuum : vacuum.retain(retention);
    vacuum = allowShort ? vacuum.allowShortRetention() : vacuum;
    vacuum = lite ? vacuum.lite() : vacuum;
    return logged ? vacuum.logged() : vacuum;
  }

  private void list(VacuumFile file, Output output) {
    if (!list) {
      return;
    }
    if (json()) {
      output.json(
          Map.of("path", file.path(), "kind", file.kind().toString(), "bytes", file.bytes()));
    } else {
      output.out().printf("%-16s %10s  %s%n", file.kind(), Output.bytes(file.bytes()), file.path());
    }
  }

  private static Map<String, @Nullable Object> json(VacuumResult result) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("dryRun", result.dryRun());
    json.put("version", result.version());
    json.put("deletedBefore", result.deletedBefore().toString());
    json.put("filesListed", result.filesListed());
    json.put("filesDeleted", result.filesDeleted());
    json.put("bytesDeleted", result.bytesDeleted());
    json.put("uploadsDropped", result.uploadsDropped());
    return json;
  }
}
