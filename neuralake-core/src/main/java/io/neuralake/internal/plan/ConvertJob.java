package io.neuralake.internal.plan;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.columnar.FileStats;
import io.neuralake.internal.columnar.FileStatsJson;
import io.neuralake.internal.columnar.PartitionValues;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DataPaths;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.meta.PropertyRules;
import io.neuralake.internal.meta.TableDefinition;
import io.neuralake.internal.meta.TableProperties;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitOutcome;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import io.neuralake.internal.txn.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes a table out of a folder of Parquet files, which stay where they are.
 *
 * @param partition types of the partition columns, null to tell them by their values
 * @param properties of the new table, as the user gave them
 * @param options what the caller says of the commit
 */
public record ConvertJob(
    @Nullable StructType partition, Map<String, String> properties, CommitOptions options) {

  /** Does it; nothing if there is a table. */
  public CommitOutcome commit(TableContext table) {
    Optional<LogSnapshot> existing = table.log().latestIfExists();
    if (existing.isPresent()) {
      return new CommitOutcome(
          TableState.of(existing.get()), null, table.runtime().clock().millis(), 0);
    }
    TableProperties wanted =
        new TableProperties(PropertyRules.normalize(properties, table.table()));
    if (wanted.columnMappingMode() != ColumnMapping.Mode.NONE) {
      throw new InvalidRequestException(
          table.table()
              + ": the files have the names of the columns, so column mapping can only be set after"
              + " the conversion, by alter().");
    }
    ParquetFolder folder =
        ParquetFolder.read(
            table.log().store(),
            table.table(),
            table.runtime().workers(),
            schema -> WriteSpecs.statsColumns(schema, ColumnMapping.Mode.NONE, wanted));
    if (folder.files().isEmpty()) {
      throw new InvalidRequestException(
          table.table() + ": there are no Parquet files here to make a table of.");
    }
    StructType partitionColumns = partitionColumns(folder);
    TableDefinition definition =
        TableDefinition.create(
            new TableDefinition.Request(
                schema(folder, partitionColumns),
                partitionColumns.fieldNames(),
                properties,
                null,
                null),
            table.runtime().clock().millis(),
            table.runtime()::newUuid,
            table.table());
    CommitPlan plan = plan(definition, actions(folder, definition, wanted, partitionColumns));
    return Transaction.run(
        table, TableState.ABSENT, state -> state.exists() ? null : plan, Engine.INFO);
  }

  private CommitPlan plan(TableDefinition definition, List<Action> actions) {
    String files =
        Long.toString(actions.stream().filter(action -> action instanceof Action.Add).count());
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("numFiles", files);
    parameters.put("partitionedBy", Engine.jsonArray(definition.metadata().partitionColumns()));
    parameters.put("collectStats", "true");
    parameters.put("sourceFormat", "parquet");
    return new CommitPlan(
        "CONVERT",
        parameters,
        Map.of("numConvertedFiles", files),
        CommitPlan.Reads.NOTHING,
        definition.protocol(),
        definition.metadata(),
        actions,
        options);
  }

  /** Every file must lie in folders of the same columns, in the same order. */
  private StructType partitionColumns(ParquetFolder folder) {
    List<String> names = List.copyOf(folder.files().get(0).partition().keySet());
    for (ParquetFolder.Found file : folder.files()) {
      List<String> found = List.copyOf(file.partition().keySet());
      if (!found.equals(names)) {
        throw new InvalidRequestException(
            file.info().location()
                + ": it is partitioned by "
                + found
                + ", other files by "
                + names
                + ". All files of a table are partitioned by the same columns.");
      }
    }
    if (partition == null) {
      return new StructType(
          names.stream().map(name -> new StructField(name, inferred(folder, name), true)).toList());
    }
    if (!partition.fieldNames().equals(names)) {
      throw new InvalidRequestException(
          folder.files().get(0).info().location()
              + ": the folders are partitioned by "
              + names
              + ", not by "
              + partition.fieldNames()
              + ". Name the partition columns as the folders do, in their order.");
    }
    return partition;
  }

  private static DataType inferred(ParquetFolder folder, String column) {
    List<String> values = new ArrayList<>();
    for (ParquetFolder.Found file : folder.files()) {
      String value = file.partition().get(column);
      if (value != null) {
        values.add(value);
      }
    }
    if (values.isEmpty()) {
      return StringType.STRING;
    }
    for (DataType type : List.of(IntegerType.INTEGER, LongType.LONG, DateType.DATE)) {
      Predicate<String> fits = value -> parses(column, type, value);
      if (values.stream().allMatch(fits)) {
        return type;
      }
    }
    return StringType.STRING;
  }

  private static boolean parses(String column, DataType type, String value) {
    try {
      PartitionValues.parse(new StructField(column, type, true), value);
      return true;
    } catch (CorruptTableException e) {
      return false;
    }
  }

  /** A column that files have as well stays where it is among theirs, with the folder's type. */
  private static StructType schema(ParquetFolder folder, StructType partition) {
    StructType merged = folder.files().get(0).content().schema();
    Set<StructType> known = new HashSet<>();
    for (ParquetFolder.Found file : folder.files()) {
      if (known.add(file.content().schema())) {
        merged = MergedColumns.of(merged, file.content().schema(), file.info().location());
      }
    }
    Map<String, StructField> left = new LinkedHashMap<>();
    partition.fields().forEach(field -> left.put(field.getName().toLowerCase(Locale.ROOT), field));
    List<StructField> fields = new ArrayList<>();
    for (StructField field : merged.fields()) {
      StructField own = left.remove(field.getName().toLowerCase(Locale.ROOT));
      fields.add(own == null ? field : own);
    }
    fields.addAll(left.values());
    return new StructType(fields);
  }

  private List<Action> actions(
      ParquetFolder folder,
      TableDefinition definition,
      TableProperties wanted,
      StructType partition) {
    Set<List<String>> counted =
        WriteSpecs.statsColumns(
            definition.metadata().dataSchema(), ColumnMapping.Mode.NONE, wanted);
    List<Action> actions = new ArrayList<>();
    if (options.transaction() != null) {
      actions.add(options.transaction());
    }
    for (ParquetFolder.Found file : folder.files()) {
      FileStats all = file.content().stats();
      Map<List<String>, FileStats.Column> columns = new HashMap<>(all.columns());
      columns.keySet().retainAll(counted);
      actions.add(
          new Action.Add(
              new DataFile(
                  DataPaths.encode(file.path()),
                  values(file, partition),
                  file.info().size(),
                  file.info().modifiedMillis(),
                  FileStatsJson.format(new FileStats(all.numRecords(), all.tightBounds(), columns)),
                  null,
                  null,
                  null,
                  null),
              true));
    }
    return actions;
  }

  private static Map<String, @Nullable String> values(
      ParquetFolder.Found file, StructType partition) {
    Map<String, @Nullable String> values = new TreeMap<>();
    for (StructField field : partition.fields()) {
      String text = file.partition().get(field.getName());
      try {
        values.put(
            field.getName(), PartitionValues.format(field, PartitionValues.parse(field, text)));
      } catch (CorruptTableException e) {
        throw new InvalidRequestException(
            file.info().location()
                + ": the value '"
                + text
                + "' of the partition column '"
                + field.getName()
                + "' is no "
                + field.getDataType()
                + ". Declare another type with partitionedBy.",
            e);
      }
    }
    return values;
  }
}
