package io.neuralake.ingest;

import io.neuralake.NeuralTable;

/** Writes a checkpoint when many versions have come since its last one. One thread at a time. */
final class Checkpoints implements ServiceWork {
  private final NeuralTable table;
  private final long versions;
  private long last;

  Checkpoints(NeuralTable table, long versions) {
    this.table = table;
    this.versions = versions;
  }

  @Override
  public void run(ServiceRun run) {
    if (table.version() - last >= versions) {
      last = table.checkpoint();
    }
  }
}
