package io.neuralake.testkit.contract;

import io.delta.storage.LogStore;
import io.neuralake.logstore.ConditionalPutLogStore;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;

/** The log store that Spark loads keeps what the suite says. */
@NeuralLakeTest
class LogStoresIT extends StorageContract {
  private S3Bucket bucket;

  @BeforeEach
  void take(S3Bucket ofTest) {
    bucket = ofTest;
  }

  @Override
  protected LogStore newStore(Configuration configuration) {
    return new ConditionalPutLogStore(configuration);
  }

  @Override
  protected Configuration configuration() {
    Configuration configuration = new Configuration(false);
    configuration.set("fs.s3a.endpoint", bucket.endpoint().toString());
    configuration.set("fs.s3a.access.key", bucket.connection().credentials().accessKeyId());
    configuration.set("fs.s3a.secret.key", bucket.connection().credentials().secretAccessKey());
    configuration.set("fs.s3a.path.style.access", "true");
    return configuration;
  }

  @Override
  protected Path folder(String name) {
    return new Path("s3a://" + bucket.name() + "/" + name + "/_delta_log");
  }
}
