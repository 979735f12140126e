package com.example.lab;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.testkit.contract.ElectorContract;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

/** The suite passes for a lock provider that is right, and finds the bug of one that is not. */
@NeuralLakeTest
class LockProviderTest extends ElectorContract {
  private S3Bucket bucket;
  private S3Client client;

  @BeforeEach
  void open(S3Bucket given, S3Client of) {
    bucket = given;
    client = of;
  }

  @Override
  protected LockProvider newElector() {
    return new SteadyLockProvider();
  }

  @Override
  protected CommitFiles log(String table) {
    return bucket.log(client, table);
  }

  /** What this class would be for the provider with the bug; its name keeps it from being run. */
  private final class ClaimingSuite extends ElectorContract {
    @Override
    protected LockProvider newElector() {
      return new ClaimingLockProvider();
    }

    @Override
    protected CommitFiles log(String table) {
      return bucket.log(client, "claimed-" + table);
    }

    void pausedWriter() throws Exception {
      aPausedWriterNeverOverwrites();
    }
  }

  @Test
  void theBugIsFound() {
    assertThatThrownBy(() -> new ClaimingSuite().pausedWriter())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("paused");
  }
}
