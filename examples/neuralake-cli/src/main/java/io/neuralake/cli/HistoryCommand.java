package io.neuralake.cli;

import io.neuralake.NeuralTable;
import io.neuralake.read.HistoryEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "history",
    description = "Tells who did what: the newest versions, newest first.",
    footer = {"", "Example: neuralake history s3://lab/signals --limit 5"})
final class HistoryCommand extends TableCommand {

  @Option(
      names = {"-n", "--limit"},
      defaultValue = "20",
      description = "How many versions at most, one or more; ${DEFAULT-VALUE} if not given.")
  private int limit;

  @Override
  int run(NeuralTable table, CliConfig settings, Output output) {
    List<HistoryEntry> history = table.history(limit);
    if (json()) {
      history.forEach(entry -> output.json(json(entry)));
    } else {
      output.table(
          List.of("version", "time", "operation", "engine", "metrics"),
          history.stream().map(HistoryCommand::cells).toList());
    }
    return Cli.OK;
  }

  private static List<String> cells(HistoryEntry entry) {
    return List.of(
        Long.toString(entry.version()),
        entry.timestamp().toString(),
        entry.operation(),
        entry.engineInfo().orElse("-"),
        entry.metrics().toString());
  }

  private static Map<String, @Nullable Object> json(HistoryEntry entry) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", entry.version());
    json.put("timestamp", entry.timestamp().toString());
    json.put("operation", entry.operation());
    json.put("parameters", entry.parameters());
    json.put("metrics", entry.metrics());
    json.put("userMetadata", entry.userMetadata().orElse(null));
    json.put("engineInfo", entry.engineInfo().orElse(null));
    return json;
  }
}
