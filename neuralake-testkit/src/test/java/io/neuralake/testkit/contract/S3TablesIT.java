package io.neuralake.testkit.contract;

import io.neuralake.NeuralLake;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.testkit.audit.TableFiles;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.services.s3.S3Client;

/** Tables on S3 keep what the suite says. */
@NeuralLakeTest
class S3TablesIT extends TableAcidContract {
  private S3Bucket bucket;
  private S3Client client;

  @BeforeEach
  void open(S3Bucket ofTest) {
    bucket = ofTest;
    client = ofTest.newClient();
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Override
  protected NeuralLake.Builder lake() {
    return NeuralLake.builder().storage(bucket.connection().storage());
  }

  @Override
  protected LockProvider newElector() {
    return LockProviders.conditionalPut();
  }

  @Override
  protected String location(String name) {
    return bucket.location(name);
  }

  @Override
  protected TableFiles files(String location) {
    return TableFiles.s3(client, bucket, location);
  }
}
