package io.neuralake.cli;

import io.neuralake.NeuralTable;
import io.neuralake.read.TableDetail;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

@Command(
    name = "detail",
    description = "Tells what a table is: columns, properties, protocol, files.",
    footer = {"", "Example: neuralake detail s3://lab/signals --json"})
final class DetailCommand extends TableCommand {

  @Override
  int run(NeuralTable table, CliConfig settings, Output output) {
    TableDetail detail = table.detail();
    if (json()) {
      output.json(json(detail));
      return Cli.OK;
    }
    output.field("location", detail.location());
    output.field("id", detail.id());
    output.field("version", detail.version() + " of " + detail.timestamp());
    output.field("files", "%,d, %s".formatted(detail.files(), Output.bytes(detail.bytes())));
    output.field("partitioned by", detail.partitionColumns());
    output.field(
        "protocol",
        "reader %d, writer %d %s"
            .formatted(detail.minReaderVersion(), detail.minWriterVersion(), detail.features()));
    detail.properties().forEach((name, value) -> output.field("property", name + " = " + value));
    detail
        .schema()
        .fields()
        .forEach(
            f ->
                output.field(
                    "column", f.getName() + " " + f.getDataType() + (f.isNullable() ? "" : " not null")));
    return Cli.OK;
  }

  private static Map<String, @Nullable Object> json(TableDetail detail) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("location", detail.location());
    json.put("id", detail.id());
    json.put("version", detail.version());
    json.put("timestamp", detail.timestamp().toString());
    json.put("files", detail.files());
    json.put("bytes", detail.bytes());
    json.put("partitionColumns", detail.partitionColumns());
    json.put("properties", detail.properties());
    json.put("minReaderVersion", detail.minReaderVersion());
    json.put("minWriterVersion", detail.minWriterVersion());
    json.put("features", detail.features());
    Map<String, String> columns = new LinkedHashMap<>();
    detail.schema().fields().forEach(f -> columns.put(f.getName(), f.getDataType().toString()));
    json.put("columns", columns);
    return json;
  }
}
