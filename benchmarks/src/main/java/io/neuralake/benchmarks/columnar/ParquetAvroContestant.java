package io.neuralake.benchmarks.columnar;

import io.neuralake.benchmarks.common.SignalTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** parquet-avro's generic records, on the data files themselves. */
final class ParquetAvroContestant implements Contestant {
  private final Dataset dataset;
  private final SideBySide threads;

  ParquetAvroContestant(Dataset dataset, SideBySide threads) {
    this.dataset = dataset;
    this.threads = threads;
  }

  @Override
  public long run(Work work) throws Exception {
    return switch (work) {
      case READ_AVRO -> threads.sumOver(dataset.files(), files -> read(files, false));
      case SCAN_THREE -> threads.sumOver(dataset.files(), files -> read(files, true));
      default -> throw unsupported(work);
    };
  }

  private static long read(List<Path> files, boolean threeColumns) throws IOException {
    Configuration configuration = new Configuration();
    if (threeColumns) {
      Schema all = io.neuralake.schema.Schemas.toAvro(SignalTable.SCHEMA, "signal");
      List<Schema.Field> fields =
          Dataset.THREE_COLUMNS.stream()
              .map(all::getField)
              .map(field -> new Schema.Field(field, field.schema()))
              .toList();
      AvroReadSupport.setRequestedProjection(
          configuration, Schema.createRecord("signal", null, null, false, fields));
    }
    int neuron = threeColumns ? 0 : 1; // by position: looking up names would cost
    long rows = 0;
    for (Path file : files) {
      HadoopInputFile input =
          HadoopInputFile.fromPath(new org.apache.hadoop.fs.Path(file.toUri()), configuration);
      try (ParquetReader<GenericRecord> reader =
          AvroParquetReader.<GenericRecord>builder(input)
              .withDataModel(GenericData.get())
              .withConf(configuration)
              .build()) {
        for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
          rows += (Integer) row.get(neuron) >= 0 ? 1 : 0;
        }
      }
    }
    return rows;
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
