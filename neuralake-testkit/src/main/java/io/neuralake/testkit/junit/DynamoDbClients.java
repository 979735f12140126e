package io.neuralake.testkit.junit;

import io.neuralake.testkit.fixture.DynamoDbServer;
import io.neuralake.testkit.fixture.S3Connection;
import io.neuralake.testkit.fixture.S3Credentials;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Clients of DynamoDB; the only class that needs the SDK for it. */
final class DynamoDbClients {
  /** The type of parameter, named because not every test has it on its class path. */
  static final String TYPE = "software.amazon.awssdk.services.dynamodb.DynamoDbClient";

  private DynamoDbClients() {}

  static Object of(TestResources resources) {
    return resources.get(
        DynamoDbClient.class, r -> open(r.servers().dynamoDb(), r.servers().s3().credentials()));
  }

  private static DynamoDbClient open(DynamoDbServer server, S3Credentials credentials) {
    return DynamoDbClient.builder()
        .endpointOverride(server.endpoint())
        .region(Region.of(S3Connection.REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(
                    credentials.accessKeyId(), credentials.secretAccessKey())))
        .httpClientBuilder(Apache5HttpClient.builder())
        .build();
  }
}
