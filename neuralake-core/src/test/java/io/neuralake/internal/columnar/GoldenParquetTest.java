package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.delta.kernel.internal.types.DataTypeJsonSerDe;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Files that Spark wrote read as parquet-java's own reader reads them. */
class GoldenParquetTest {
  private static final String SPARK_SCHEMA = "org.apache.spark.sql.parquet.row.metadata";

  @TestFactory
  List<DynamicTest> everyFileReadsAsTheReferenceReaderReadsIt() throws IOException {
    Path folder = GoldenFiles.folder();
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : GoldenFiles.parquet(folder, "/expected/")) {
      String name = folder.relativize(file).toString();
      tests.add(DynamicTest.dynamicTest(name, () -> check(Files.readAllBytes(file))));
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }

  private static void check(byte[] bytes) throws IOException {
    String json;
    try (ParquetFileReader reader = ParquetFileReader.open(GroupRows.input(bytes))) {
      json = reader.getFileMetaData().getKeyValueMetaData().get(SPARK_SCHEMA);
    }
    assumeTrue(json != null, "not written by Spark");
    StructType schema = DataTypeJsonSerDe.deserializeStructType(json);
    assertThat(read(bytes, ReadSpec.of(schema))).isEqualTo(GroupRows.of(bytes, schema));
  }

  static List<List<Object>> read(byte[] bytes, ReadSpec spec) throws IOException {
    InMemoryFileStore store = new InMemoryFileStore();
    store.write("mem://t/f.parquet", bytes);
    List<List<Object>> rows = new ArrayList<>();
    try (RootAllocator allocator = new RootAllocator()) {
      try (ParquetBatchReader reader =
          new ParquetBatchReader(store, "mem://t/f.parquet", bytes.length, spec, allocator)) {
        for (VectorSchemaRoot batch = reader.next(); batch != null; batch = reader.next()) {
          try (VectorSchemaRoot rowsOfBatch = batch) {
            rows.addAll(ArrowRows.of(rowsOfBatch));
          }
        }
      }
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
    return rows;
  }
}
