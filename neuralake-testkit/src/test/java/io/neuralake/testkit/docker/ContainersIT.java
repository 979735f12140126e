package io.neuralake.testkit.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.neuralake.NeuralTable;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.testkit.contract.ElectorContract;
import io.neuralake.testkit.fixture.Backend;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.fixture.S3Server;
import io.neuralake.testkit.junit.Lifecycle;
import io.neuralake.testkit.junit.NeuralLakeTest;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An S3 server in a container of the testkit's making, with profile {@code docker} only. Where the
 * registry of its image cannot be reached, {@code -Dneuralake.test.s3proxy.image} names another.
 */
@Tag("docker")
class ContainersIT {
  record Row(int id) {}

  @BeforeAll
  static void needsAnEngine() {
    boolean engine = DockerClientFactory.instance().isDockerAvailable();
    String why = "no container engine answers here: the tests of servers in containers are skipped";
    if (!engine) {
      System.out.println(why); // Failsafe says nothing of nested classes that are skipped whole
    }
    assumeTrue(engine, why);
  }

  @Nested
  @NeuralLakeTest(backend = Backend.S3PROXY, lifecycle = Lifecycle.PER_CLASS)
  class Tables {
    @Test
    void tableInAContainer(NeuralTable table, S3Server server) {
      table.create(Row.class).commit();
      table.append(List.of(new Row(1), new Row(2))).commit();
      assertThat(table.count()).isEqualTo(2);
      System.out.println("a table on " + server.endpoint());
    }
  }

  @Nested
  @NeuralLakeTest(backend = Backend.S3PROXY, lifecycle = Lifecycle.PER_CLASS)
  class Elector extends ElectorContract {
    private S3Bucket bucket;
    private S3Client client;

    @BeforeEach
    void open(S3Bucket given, S3Client of) {
      bucket = given;
      client = of;
    }

    @Override
    protected LockProvider newElector() {
      return LockProviders.conditionalPut();
    }

    @Override
    protected CommitFiles log(String table) {
      return bucket.log(client, table);
    }
  }
}
