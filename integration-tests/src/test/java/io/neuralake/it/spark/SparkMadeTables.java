package io.neuralake.it.spark;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tables as Spark writes them, one per thing that a reader of Delta Lake has to understand. Each is
 * small (at most a few hundred rows) and the same in each run, apart from identifiers, timestamps
 * of commits and file names.
 */
public final class SparkMadeTables {
  private static final String CREATE = "CREATE TABLE delta.`${path}` ";
  private static final String INSERT = "INSERT INTO delta.`${path}` ";
  private static final String ALTER = "ALTER TABLE delta.`${path}` ";

  /** 100 rows: id 0 to 99, g = id modulo 4, name. */
  private static final String HUNDRED =
      INSERT + "SELECT id, CAST(id % 4 AS INT), concat('name-', id) FROM range(100)";

  private static final String COLUMNS = "(id BIGINT, g INT, name STRING) USING delta ";

  private static final String NESTED_COLUMNS =
      "(id INT, s STRUCT<a: INT, t: STRUCT<b: STRING, c: ARRAY<INT>>>,"
          + " l ARRAY<STRUCT<x: INT, y: STRING>>, ll ARRAY<ARRAY<DOUBLE>>,"
          + " m MAP<STRING, STRUCT<v: DECIMAL(20,2)>>, ml MAP<INT, ARRAY<STRING>>) USING delta";

  private SparkMadeTables() {}

  /** All tables. */
  public static List<SparkMadeTable> all() {
    return Stream.of(layouts(), types(), logs(), features()).flatMap(List::stream).toList();
  }

  private static List<SparkMadeTable> layouts() {
    return List.of(
        table("plain", 100, Set.of(), CREATE + COLUMNS, HUNDRED),
        table("empty", 0, Set.of(), CREATE + COLUMNS),
        table("partitioned", 100, Set.of(), CREATE + COLUMNS + "PARTITIONED BY (g)", HUNDRED),
        table(
            "partition-values",
            7,
            Set.of(),
            CREATE
                + "(id INT, s STRING, d DATE, t TIMESTAMP, b BOOLEAN, n DECIMAL(10,2)) USING delta"
                + " PARTITIONED BY (s, d, t, b, n)",
            INSERT
                + "VALUES (1, 'a b', DATE'2024-02-29', TIMESTAMP'2024-02-29 12:34:56.789012',"
                + " true, 1.50),"
                + " (2, NULL, NULL, NULL, NULL, NULL),"
                + " (3, 'x=y/z%20#?&+:', DATE'0001-01-01', TIMESTAMP'1969-12-31 23:59:59.999999',"
                + " false, -0.01),"
                + " (4, 'Grüße-漢字-😀', DATE'9999-12-31', TIMESTAMP'9999-12-31 23:59:59', true,"
                + " 99999999.99),"
                + " (5, '', DATE'1970-01-01', TIMESTAMP'1970-01-01 00:00:00', false, 0),"
                + " (6, 'it''s \"quoted\"', DATE'1582-10-15', TIMESTAMP'1582-10-15 00:00:00',"
                + " false, 0.10),"
                + " (7, 'tab\\there', DATE'2024-01-01', TIMESTAMP'2024-03-31 01:30:00', true, 1)"),
        table("clustered", 100, Set.of("clustering"), CREATE + COLUMNS + "CLUSTER BY (g)", HUNDRED),
        table(
            "optimized",
            200,
            Set.of(),
            CREATE + COLUMNS,
            HUNDRED,
            HUNDRED,
            "OPTIMIZE delta.`${path}` ZORDER BY (g)"),
        table(
            "shallow-clone",
            101,
            Set.of(),
            CREATE.replace("${path}", "${path}-source") + COLUMNS,
            HUNDRED.replace("${path}", "${path}-source"),
            CREATE + "SHALLOW CLONE delta.`${path}-source`",
            INSERT + "VALUES (100, 0, 'own')"));
  }

  private static List<SparkMadeTable> types() {
    return List.of(
        table(
            "primitive-types",
            4,
            Set.of("timestampNtz"),
            CREATE
                + "(bool BOOLEAN, i8 TINYINT, i16 SMALLINT, i32 INT, i64 BIGINT, f32 FLOAT,"
                + " f64 DOUBLE, dec9 DECIMAL(9,2), dec18 DECIMAL(18,6), dec38 DECIMAL(38,18),"
                + " s STRING, bin BINARY, d DATE, ts TIMESTAMP, ntz TIMESTAMP_NTZ) USING delta",
            INSERT
                + "VALUES (true, 127, 32767, 2147483647, 9223372036854775807, CAST('NaN' AS FLOAT),"
                + " CAST('Infinity' AS DOUBLE), 9999999.99, 999999999999.999999,"
                + " 99999999999999999999.999999999999999999, 'ü', X'00FF', DATE'9999-12-31',"
                + " TIMESTAMP'9999-12-31 23:59:59.999999',"
                + " TIMESTAMP_NTZ'9999-12-31 23:59:59.999999'),"
                + " (false, -128, -32768, -2147483648, -9223372036854775808, CAST('-0.0' AS FLOAT),"
                + " CAST('-Infinity' AS DOUBLE), -9999999.99, -999999999999.999999,"
                + " -99999999999999999999.999999999999999999, '', X'', DATE'0001-01-01',"
                + " TIMESTAMP'0001-01-01 00:00:00', TIMESTAMP_NTZ'0001-01-01 00:00:00'),"
                + " (false, 0, 0, 0, 0, 1.5, 0.1D, 0, 0, 0, 'a', X'01', DATE'1970-01-01',"
                + " TIMESTAMP'1970-01-01 00:00:00.000001', TIMESTAMP_NTZ'1969-12-31 23:59:59'),"
                + " (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
                + " NULL, NULL)"),
        table(
            "types-without-features",
            3,
            Set.of(),
            CREATE
                + "(i8 TINYINT, i16 SMALLINT, i32 INT, i64 BIGINT, f32 FLOAT, f64 DOUBLE,"
                + " dec9 DECIMAL(9,2), dec38 DECIMAL(38,18), s STRING, bin BINARY, d DATE)"
                + " USING delta",
            INSERT
                + "VALUES (-128, -32768, -2147483648, -9223372036854775808, CAST('NaN' AS FLOAT),"
                + " CAST('-0.0' AS DOUBLE), 1.50, -0.000000000000000001, '\"ü\"', X'00FF',"
                + " DATE'2024-02-29'), (1, 2, 3, 4, 1.1, 1e300, 0, 0, '', X'', DATE'1900-01-01'),"
                + " (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"),
        table(
            "nested-types",
            3,
            Set.of(),
            CREATE + NESTED_COLUMNS,
            INSERT
                + "VALUES (1, named_struct('a', 1, 't', named_struct('b', 'x', 'c', array(1, 2))),"
                + " array(named_struct('x', 1, 'y', 'p'), named_struct('x', 2, 'y', 'q')),"
                + " array(array(1.0D), array(2.0D, 3.0D)),"
                + " map('k', named_struct('v', 1.25BD), 'j', named_struct('v', 2.50BD)),"
                + " map(1, array('a'), 2, array('b', 'c'))),"
                + " (2, NULL, NULL, NULL, NULL, NULL),"
                + " (3, named_struct('a', NULL, 't', NULL), array(), array(), map(), map())"),
        table(
            "nulls-inside-nested-types",
            2,
            Set.of(),
            CREATE + NESTED_COLUMNS,
            INSERT
                + "VALUES (1, named_struct('a', 4, 't', named_struct('b', NULL, 'c', array(NULL,"
                + " 3))), array(NULL, named_struct('x', NULL, 'y', NULL)), array(NULL, array()),"
                + " map('n', NULL, 'm', named_struct('v', NULL)),"
                + " map(3, NULL, 4, array(NULL), 5, array())), (2, NULL, NULL, NULL, NULL, NULL)"),
        table(
            "variant",
            3,
            Set.of("variantType"),
            CREATE + "(id INT, v VARIANT) USING delta",
            INSERT
                + "SELECT 1, parse_json('{\"a\": [1, 2.5, \"x\", null, true]}')"
                + " UNION ALL SELECT 2, parse_json('\"text\"') UNION ALL SELECT 3, NULL"),
        table(
            "type-widening",
            4,
            Set.of("typeWidening"),
            CREATE
                + "(a TINYINT, b INT, f FLOAT, n DECIMAL(5,2), d DATE) USING delta"
                + " TBLPROPERTIES ('delta.enableTypeWidening' = 'true',"
                + " 'delta.feature.timestampNtz' = 'supported')",
            INSERT + "VALUES (1, 2, 1.5, 3.25, DATE'2024-01-02'), (NULL, NULL, NULL, NULL, NULL)",
            ALTER + "ALTER COLUMN a TYPE INT",
            ALTER + "ALTER COLUMN b TYPE BIGINT",
            ALTER + "ALTER COLUMN f TYPE DOUBLE",
            ALTER + "ALTER COLUMN n TYPE DECIMAL(10,4)",
            ALTER + "ALTER COLUMN d TYPE TIMESTAMP_NTZ",
            INSERT
                + "VALUES (100000, 5000000000, 0.1D, 123456.7891,"
                + " TIMESTAMP_NTZ'2024-01-02 03:04:05'), (1, 1, 1, 1,"
                + " TIMESTAMP_NTZ'2024-01-01 00:00:00')"),
        table(
            "added-columns",
            101,
            Set.of(),
            CREATE + COLUMNS,
            HUNDRED,
            ALTER + "ADD COLUMNS (extra STRUCT<x: INT>)",
            INSERT + "VALUES (100, 0, 'new', named_struct('x', 1))"));
  }

  private static List<SparkMadeTable> logs() {
    String insert = INSERT + "SELECT id, 1, 'more' FROM range(10)";
    return List.of(
        table(
            "checkpointed",
            130,
            Set.of(),
            CREATE + COLUMNS + "TBLPROPERTIES ('delta.checkpointInterval' = '2')",
            HUNDRED,
            insert,
            insert,
            insert),
        table(
            "checkpoint-struct-stats",
            120,
            Set.of(),
            CREATE
                + COLUMNS
                + "PARTITIONED BY (g) TBLPROPERTIES ('delta.checkpointInterval' = '2',"
                + " 'delta.checkpoint.writeStatsAsStruct' = 'true',"
                + " 'delta.checkpoint.writeStatsAsJson' = 'false')",
            HUNDRED,
            insert,
            insert),
        table(
            "checkpoint-parts",
            120,
            Set.of(),
            "SET spark.databricks.delta.checkpoint.partSize = 2",
            CREATE
                + COLUMNS
                + "PARTITIONED BY (g) TBLPROPERTIES ('delta.checkpointInterval' = '2')",
            HUNDRED,
            insert,
            insert,
            "RESET spark.databricks.delta.checkpoint.partSize"),
        table(
            "checkpoint-v2",
            130,
            Set.of("v2Checkpoint"),
            CREATE
                + COLUMNS
                + "TBLPROPERTIES ('delta.checkpointPolicy' = 'v2', 'delta.checkpointInterval' ="
                + " '2')",
            HUNDRED,
            insert,
            insert,
            insert),
        table(
            "in-commit-timestamps",
            110,
            Set.of("inCommitTimestamp"),
            CREATE + COLUMNS,
            HUNDRED,
            ALTER + "SET TBLPROPERTIES ('delta.enableInCommitTimestamps' = 'true')",
            insert),
        table(
            "overwritten-and-restored",
            100,
            Set.of(),
            CREATE + COLUMNS,
            HUNDRED,
            "INSERT OVERWRITE delta.`${path}` VALUES (1, 1, 'only')",
            "RESTORE TABLE delta.`${path}` TO VERSION AS OF 1"));
  }

  private static List<SparkMadeTable> features() {
    String vectors = "TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')";
    String merge =
        "MERGE INTO delta.`${path}` t USING (SELECT id + 90 AS id, 9 AS g, 'merged' AS name FROM"
            + " range(20)) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN"
            + " INSERT *";
    return List.of(
        table(
            "deletion-vectors",
            101,
            Set.of("deletionVectors"),
            CREATE + COLUMNS + vectors,
            HUNDRED,
            "DELETE FROM delta.`${path}` WHERE id % 10 = 3",
            "UPDATE delta.`${path}` SET name = 'updated' WHERE id < 5",
            merge),
        table(
            "deletion-vectors-partitioned-checkpointed",
            96,
            Set.of("deletionVectors"),
            CREATE
                + COLUMNS
                + "PARTITIONED BY (g) TBLPROPERTIES ('delta.enableDeletionVectors' = 'true',"
                + " 'delta.checkpointInterval' = '2')",
            HUNDRED,
            "DELETE FROM delta.`${path}` WHERE id IN (1, 2)",
            "DELETE FROM delta.`${path}` WHERE id IN (5, 98)"),
        table(
            "copy-on-write-merge",
            110,
            Set.of(),
            CREATE + COLUMNS + vectors.replace("true", "false"),
            HUNDRED,
            merge),
        table(
            "column-mapping-name",
            101,
            Set.of("columnMapping"),
            CREATE
                + "(id BIGINT, g INT, `odd name, (x)` STRING) USING delta PARTITIONED BY (g)"
                + " TBLPROPERTIES ('delta.columnMapping.mode' = 'name')",
            HUNDRED,
            ALTER + "RENAME COLUMN id TO key",
            ALTER + "RENAME COLUMN g TO `the group`",
            ALTER + "DROP COLUMN `odd name, (x)`",
            ALTER + "ADD COLUMNS (id STRUCT<a: INT>)",
            ALTER + "RENAME COLUMN id.a TO b",
            INSERT + "VALUES (100, 0, named_struct('b', 7))"),
        table(
            "column-mapping-id",
            101,
            Set.of("columnMapping"),
            CREATE + COLUMNS + "TBLPROPERTIES ('delta.columnMapping.mode' = 'id')",
            HUNDRED,
            ALTER + "RENAME COLUMN name TO label",
            INSERT + "VALUES (100, 0, 'new')"),
        table(
            "column-mapping-upgraded",
            101,
            Set.of("columnMapping"),
            CREATE + COLUMNS,
            HUNDRED,
            ALTER + "SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')",
            ALTER + "RENAME COLUMN name TO label",
            INSERT + "VALUES (100, 0, 'new')"),
        table(
            "row-tracking",
            110,
            Set.of("rowTracking"),
            CREATE + COLUMNS + "TBLPROPERTIES ('delta.enableRowTracking' = 'true')",
            HUNDRED,
            merge),
        table(
            "change-data-feed",
            109,
            Set.of("changeDataFeed"),
            CREATE
                + COLUMNS
                + "TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true',"
                + " 'delta.feature.appendOnly' = 'supported')",
            HUNDRED,
            merge,
            "DELETE FROM delta.`${path}` WHERE id = 0"),
        table(
            "constraints",
            100,
            Set.of("checkConstraints", "invariants"),
            CREATE
                + "(id BIGINT NOT NULL, g INT, name STRING) USING delta"
                + " TBLPROPERTIES ('delta.feature.checkConstraints' = 'supported')",
            ALTER + "ADD CONSTRAINT id_is_positive CHECK (id >= 0)",
            HUNDRED),
        table(
            "generated-column",
            2,
            Set.of("generatedColumns"),
            CREATE
                + "(ts TIMESTAMP, d DATE GENERATED ALWAYS AS (CAST(ts AS DATE))) USING delta"
                + " PARTITIONED BY (d)",
            INSERT + "(ts) VALUES (TIMESTAMP'2024-01-02 23:59:59'), (NULL)"),
        table(
            "generated-beyond-reach",
            2,
            Set.of("generatedColumns"),
            CREATE
                + "(ts TIMESTAMP, y STRING GENERATED ALWAYS AS (date_format(ts, 'yyyy-MM')))"
                + " USING delta",
            INSERT + "(ts) VALUES (TIMESTAMP'2024-01-02 23:59:59'), (NULL)"),
        table(
            "identity-column",
            3,
            Set.of("identityColumns"),
            CREATE
                + "(id BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5),"
                + " name STRING) USING delta",
            INSERT + "(name) VALUES ('a'), ('b')",
            INSERT + "(name) VALUES ('c')"),
        table(
            "default-values",
            2,
            Set.of("allowColumnDefaults"),
            CREATE
                + "(id INT, name STRING DEFAULT 'nobody') USING delta"
                + " TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported')",
            INSERT + "(id) VALUES (1)",
            INSERT + "VALUES (2, 'somebody')"));
  }

  private static SparkMadeTable table(
      String name, long rows, Set<String> features, String... statements) {
    return new SparkMadeTable(name, rows, features, List.of(statements));
  }
}
