package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.ColumnMapping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Reading some rows gives what reading all of them and dropping the others gives. */
class SelectiveReadTest {

  /** A file and what is in it. */
  private record Content(byte[] file, StructType schema, List<List<Object>> rows) {}

  @Property(tries = 150)
  void rowsOfAnySchemaAreLeftOut(@ForAll long seed) throws IOException {
    check(any(seed), new Random(seed));
  }

  @Property(tries = 60)
  void rowsInForeignEncodingsAreLeftOut(@ForAll long seed, @ForAll WriterVersion version)
      throws IOException {
    check(foreign(seed, version), new Random(seed));
  }

  private static Content any(long seed) throws IOException {
    RandomRows generator = new RandomRows(seed);
    StructType schema = generator.schema(2);
    List<List<Object>> rows = generator.rows(schema, 300);
    WriteSpec write = WriteSpec.of(schema, ColumnMapping.Mode.NONE).withSizes(3000, 300);
    return new Content(ParquetRoundTripTest.write(write, rows, 300), schema, rows);
  }

  private static Content foreign(long seed, WriterVersion version) throws IOException {
    List<Consumer<Group>> groups = new ArrayList<>();
    List<List<Object>> rows = new ArrayList<>();
    ForeignFilesTest.fill(500 + (int) Math.floorMod(seed, 1000L), groups, rows);
    byte[] file =
        ForeignFilesTest.file(
            ForeignFilesTest.MIXED_FILE, groups, version, CompressionCodecName.SNAPPY);
    return new Content(file, ForeignFilesTest.MIXED, rows);
  }

  private static void check(Content content, Random random) throws IOException {
    boolean[] deleted = somewhere(content.rows().size(), random);
    List<List<Object>> kept = new ArrayList<>();
    for (int row = 0; row < deleted.length; row++) {
      if (!deleted[row]) {
        kept.add(content.rows().get(row));
      }
    }
    Chosen chosen = random.nextBoolean() ? null : new Chosen(content.schema(), kept, random);
    ReadSpec spec =
        ReadSpec.of(content.schema())
            .withBatchSize(1 + random.nextInt(100), 1 << 20)
            .withDeletedRows(row -> deleted[(int) row])
            .withSelector(chosen);
    assertThat(GoldenParquetTest.read(content.file(), spec))
        .isEqualTo(chosen == null ? kept : chosen.rows);
  }

  /** Looks at some columns of all rows that are not deleted, and chooses random ones. */
  private static final class Chosen implements RowSelector {
    private final List<List<Object>> all;
    private final Set<String> columns = new HashSet<>();
    private final List<Integer> places = new ArrayList<>();
    private final boolean[] flags;
    final List<List<Object>> rows = new ArrayList<>();
    private int next;

    Chosen(StructType schema, List<List<Object>> all, Random random) {
      this.all = all;
      this.flags = somewhere(all.size(), random);
      for (int i = 0; i < schema.length(); i++) {
        if (random.nextBoolean()) {
          columns.add(schema.at(i).getName());
          places.add(i);
        }
      }
    }

    @Override
    public Set<String> columns() {
      return columns;
    }

    @Override
    public int[] select(VectorSchemaRoot batch) {
      int[] chosen =
          IntStream.range(0, batch.getRowCount()).filter(row -> flags[next + row]).toArray();
      List<List<Object>> seen = ArrowRows.of(batch);
      for (int row = 0; row < batch.getRowCount(); row++, next++) {
        List<Object> expected = all.get(next);
        assertThat(seen.get(row)).isEqualTo(places.stream().map(expected::get).toList());
        if (flags[next]) {
          rows.add(expected);
        }
      }
      return chosen;
    }
  }

  /** From none to all, scattered or in runs. */
  private static boolean[] somewhere(int rows, Random random) {
    boolean[] flags = new boolean[rows];
    double part = List.of(0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0).get(random.nextInt(7));
    int run = random.nextBoolean() ? 1 : 1 + random.nextInt(100);
    for (int row = 0; row < rows; row += run) {
      Arrays.fill(flags, row, Math.min(rows, row + run), random.nextDouble() < part);
    }
    return flags;
  }
}
