package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.columnar.StatsColumns;
import io.neuralake.internal.columnar.WriteSpec;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.ColumnPath;
import io.neuralake.internal.meta.TableProperties;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How the data files of a table are written, by its properties. */
final class WriteSpecs {

  private WriteSpecs() {}

  static WriteSpec of(WriteTarget target) {
    TableProperties properties = target.properties();
    StructType schema = target.metadata().dataSchema();
    ColumnMapping.Mode mode = target.mode();
    return WriteSpec.of(target.fileSchema(), mode)
        .withCodec(
            codec(properties.compressionCodec().orElse("zstd"), target.table()),
            properties.zstdLevel().orElse(WriteSpec.DEFAULT_ZSTD_LEVEL))
        .withStatsColumns(statsColumns(schema, mode, properties))
        .withBloomColumns(
            StatsColumns.named(
                schema, mode, properties.bloomColumns().stream().map(ColumnPath::parts).toList()));
  }

  /** The data columns that get statistics, by physical name. */
  static Set<List<String>> statsColumns(
      StructType schema, ColumnMapping.Mode mode, TableProperties properties) {
    Optional<List<ColumnPath>> named = properties.statsColumns();
    return named.isPresent()
        ? StatsColumns.named(schema, mode, named.get().stream().map(ColumnPath::parts).toList())
        : StatsColumns.first(schema, mode, properties.numIndexedColumns());
  }

  private static WriteSpec.Codec codec(String name, String table) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "none", "uncompressed" -> WriteSpec.Codec.UNCOMPRESSED;
      case "snappy" -> WriteSpec.Codec.SNAPPY;
      case "gzip" -> WriteSpec.Codec.GZIP;
      case "lz4", "lz4_raw", "lz4raw" -> WriteSpec.Codec.LZ4_RAW;
      case "zstd" -> WriteSpec.Codec.ZSTD;
      default ->
          throw new UnsupportedTableException(
              table
                  + ": neuralake cannot write files compressed with '"
                  + name
                  + "'. Set the property "
                  + TableProperties.COMPRESSION_CODEC
                  + " to zstd, snappy, gzip, lz4 or none.");
    };
  }

  /** What stands between a file's name and {@code .parquet}, as Spark names files. */
  static String fileExtension(WriteSpec spec) {
    return switch (spec.codec()) {
      case UNCOMPRESSED -> ".parquet";
      case SNAPPY -> ".snappy.parquet";
      case GZIP -> ".gz.parquet";
      case ZSTD -> ".zstd.parquet";
      case LZ4_RAW -> ".lz4raw.parquet";
    };
  }
}
