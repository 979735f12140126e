package io.neuralake.it.lock;

import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.LocalFileStore;
import io.neuralake.internal.store.S3FileStore;
import io.neuralake.internal.store.StoredCommitFiles;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.lock.dynamodb.DynamoDbLockProvider;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.contract.ElectorContract;
import io.neuralake.testkit.fixture.EmbeddedDynamoDb;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every elector keeps the contract, on real servers in processes of their own. */
class ElectorsIT {

  private abstract static class OnS3 extends ElectorContract {
    private S3Bucket bucket;
    private FileStore store;

    @BeforeEach
    void open(S3Bucket testBucket) {
      bucket = testBucket;
      store = new S3FileStore(bucket.connection().storage());
    }

    @AfterEach
    void close() {
      store.close();
    }

    @Override
    protected CommitFiles log(String table) {
      return new StoredCommitFiles(store, bucket.location(table));
    }
  }

  @Nested
  @NeuralLakeTest
  class ConditionalPut extends OnS3 {
    @Override
    protected LockProvider newElector() {
      return LockProviders.conditionalPut();
    }
  }

  @Nested
  @NeuralLakeTest
  class DynamoDb extends OnS3 {
    private final String table = EmbeddedDynamoDb.shared().uniqueTable("entries");

    @Override
    protected LockProvider newElector() {
      return DynamoDbLockProvider.of(LockTables.settings(table));
    }
  }

  /** Throttling, and answers of DynamoDB that are lost after and before their effect. */
  @Nested
  @NeuralLakeTest
  class DynamoDbInTrouble extends OnS3 {
    private final String table = EmbeddedDynamoDb.shared().uniqueTable("entries");
    private HttpFaultProxy proxy;

    @BeforeEach
    void troubled() {
      proxy = HttpFaultProxy.inFrontOf(EmbeddedDynamoDb.shared().endpoint());
      proxy.inject(Rule.when("POST", ".*").every(13).dropResponseAfterEffect());
      proxy.inject(Rule.when("POST", ".*").every(19).respond(400, LockTables.THROTTLED));
      proxy.inject(Rule.when("POST", ".*").every(17).duplicateRequest());
      proxy.inject(Rule.when("POST", ".*").every(23).resetBefore());
    }

    @AfterEach
    void calm() {
      proxy.close();
    }

    @Override
    protected LockProvider newElector() {
      return DynamoDbLockProvider.of(LockTables.settings(table, proxy.endpoint()));
    }
  }

  private abstract static class OnDisk extends ElectorContract {
    @TempDir private Path folder;
    private final FileStore store = new LocalFileStore(new Random());

    @Override
    protected CommitFiles log(String table) {
      return new StoredCommitFiles(store, folder.resolve(table).toString());
    }
  }

  @Nested
  class Local extends OnDisk {
    @Override
    protected LockProvider newElector() {
      return LockProviders.local();
    }
  }

  @Nested
  class InProcess extends OnDisk {
    @Override
    protected LockProvider newElector() {
      return LockProviders.inProcess();
    }

    @Test
    @Disabled("a paused writer holds the mutex that all others wait for")
    @Override
    protected void aPausedWriterNeverOverwrites() {}
  }
}
