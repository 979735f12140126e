package io.neuralake.benchmarks.commit;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.ManyFiles;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.SignalTable;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.EmbeddedS3;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.signal.NeuralSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Whether an append costs the same in young and old, in small and large tables. Times are taken on
 * the local disk, with checkpoints, which are off the append's path, left out; requests are counted
 * in front of an S3 server that serves the same tables.
 */
final class AgeRows {
  private static final String BUCKET = "ages";
  private static final double WITHIN = 1 / 1.1;

  private final Options options;
  private final Path served;
  private final List<NeuralSignal> rows;
  private final Map<String, double[]> times;

  AgeRows(Options options, List<NeuralSignal> rows, Map<String, double[]> times) {
    this.options = options;
    this.served = options.output().resolve("data").resolve("served");
    this.rows = rows;
    this.times = times;
  }

  List<Result> measure() throws Exception {
    try (NeuralLake lake = NeuralLake.builder().build()) {
      versions(lake, "young", 10);
      versions(lake, "old", options.versions());
      files(lake, "small", 10);
      files(lake, "large", options.files());
      Result versions =
          compare(lake, "append at version " + options.versions(), "version 10", "old", "young");
      Result files =
          compare(
              lake, "append beside " + options.files() + " files", "10 files", "large", "small");
      return List.of(
          versions,
          requests("requests at version " + options.versions(), "version 10", "old", "young"),
          files,
          requests("requests beside " + options.files() + " files", "10 files", "large", "small"));
    }
  }

  private Path table(String name) {
    return served.resolve(BUCKET).resolve(name);
  }

  private void versions(NeuralLake lake, String name, int versions) {
    NeuralTable table = lake.table(table(name));
    table.create(SignalTable.SCHEMA).property("delta.checkpointInterval", "1000").commit();
    for (int version = 1; version < versions; version++) {
      table.append(rows.subList(0, 1)).commit();
    }
    withoutCheckpoints(table);
  }

  private void files(NeuralLake lake, String name, int files) throws IOException {
    new ManyFiles(table(name), files).write(true);
    withoutCheckpoints(lake.table(table(name)));
  }

  private static void withoutCheckpoints(NeuralTable table) {
    table.alter().setProperty("delta.checkpointInterval", "1000000").commit();
  }

  private Result compare(NeuralLake lake, String work, String peer, String one, String other)
      throws Exception {
    NeuralTable ours = lake.table(table(one));
    NeuralTable theirs = lake.table(table(other));
    Times figure = new Times(options.appends());
    Times peerFigure = new Times(options.appends());
    for (int i = 0; i < options.warmUps(); i++) {
      ours.append(rows).commit();
      theirs.append(rows).commit();
    }
    for (int i = 0; i < options.appends(); i++) {
      figure.measure(() -> ours.append(rows).commit());
      peerFigure.measure(() -> theirs.append(rows).commit());
    }
    times.put(work, figure.millis());
    times.put(work + "/" + peer, peerFigure.millis());
    return Result.smaller(work, peer, "ms", figure.median(), peerFigure.median(), WITHIN);
  }

  private Result requests(String work, String peer, String one, String other) {
    try (EmbeddedS3 s3 = EmbeddedS3.builder().directory(served).start();
        HttpFaultProxy proxy = HttpFaultProxy.inFrontOf(s3.endpoint());
        NeuralLake lake =
            new S3Bucket(BUCKET, s3.connection()).through(proxy.endpoint()).newLake()) {
      return Result.smaller(
          work, peer, "requests", requests(lake, proxy, one), requests(lake, proxy, other), 1);
    }
  }

  private double requests(NeuralLake lake, HttpFaultProxy proxy, String name) {
    NeuralTable table = lake.table("s3://" + BUCKET + "/" + name);
    table.append(rows).commit();
    proxy.reset();
    int appends = 20;
    for (int i = 0; i < appends; i++) {
      table.append(rows).commit();
    }
    return proxy.requests().size() / (double) appends;
  }
}
