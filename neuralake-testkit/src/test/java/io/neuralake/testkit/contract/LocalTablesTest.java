package io.neuralake.testkit.contract;

import io.neuralake.NeuralLake;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.testkit.audit.TableFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Tables on local disk keep what the suite says. */
class LocalTablesTest extends TableAcidContract {
  @TempDir private Path folder;

  @Override
  protected NeuralLake.Builder lake() {
    return NeuralLake.builder();
  }

  @Override
  protected LockProvider newElector() {
    return LockProviders.local();
  }

  @Override
  protected String location(String name) {
    return folder.resolve(name).toString();
  }

  @Override
  protected TableFiles files(String location) {
    return TableFiles.local(Path.of(location));
  }
}
