package io.neuralake.lock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.bertramlabs.plugins.hcl4j.HCLParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The Terraform that the documentation offers is HCL, and makes the tables that the code expects.
 */
class TerraformTest {
  private static final Path FILE = Path.of("..", "docs", "deploy", "terraform", "locks.tf");

  @Test
  void theTablesAreTheOnesThatTheCodeExpects() throws Exception {
    checkTables(Files.readString(FILE));
  }

  private static void checkTables(String text) throws Exception {
    Map<String, Object> tables = map(map(parsed(text).get("resource")).get("aws_dynamodb_table"));
    assertThat(tables).containsOnlyKeys("entries", "leases");
    expect(map(tables.get("entries")), Entry.TABLE_PATH, Entry.FILE_NAME, Entry.EXPIRE_TIME);
    expect(map(tables.get("leases")), "tablePath", "lockId", "ttl");
    assertThat(map(map(tables.get("entries")).get("point_in_time_recovery")))
        .containsEntry("enabled", true);
  }

  @Test
  void namesAreTheDefaults() throws Exception {
    Map<String, Object> variables = map(parsed(Files.readString(FILE)).get("variable"));
    assertThat(map(variables.get("entries_table")))
        .containsEntry("default", DynamoDb.DEFAULT_TABLE);
    assertThat(map(variables.get("leases_table")))
        .containsEntry("default", DynamoDb.DEFAULT_LEASE_TABLE);
  }

  @Test
  void aWriterMayDoWhatTheCodeDoesAndNoMore() throws Exception {
    String text = Files.readString(FILE);
    assertThat(text.lines().map(String::strip).filter(line -> line.startsWith("\"dynamodb:")))
        .containsExactly(
            "\"dynamodb:DescribeTable\",",
            "\"dynamodb:DescribeTimeToLive\",",
            "\"dynamodb:GetItem\",",
            "\"dynamodb:PutItem\",",
            "\"dynamodb:Query\",",
            "\"dynamodb:DescribeTable\",",
            "\"dynamodb:DescribeTimeToLive\",",
            "\"dynamodb:UpdateItem\",");
  }

  @Test
  void aMissingBraceIsNoticed() throws Exception {
    String broken =
        Files.readString(FILE).replaceFirst("(?s)(\"tablePath\"\\s+type = \"S\"\\s+)}", "$1");
    assertThat(catchThrowable(() -> checkTables(broken))).isNotNull();
  }

  private static Map<String, Object> parsed(String text) throws Exception {
    return new HCLParser().parse(text, false);
  }

  private static void expect(Map<String, Object> table, String hash, String range, String ttl) {
    assertThat(table)
        .containsEntry("billing_mode", "PAY_PER_REQUEST")
        .containsEntry("hash_key", hash)
        .containsEntry("range_key", range);
    assertThat(table.get("attribute"))
        .isEqualTo(List.of(Map.of("name", hash, "type", "S"), Map.of("name", range, "type", "S")));
    assertThat(map(table.get("ttl"))).isEqualTo(Map.of("attribute_name", ttl, "enabled", true));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }
}
