package io.neuralake.internal.meta;

import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.VariantType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.UnsupportedTableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which protocol a table needs, and which protocols neuralake can read and write.
 *
 * <p>A new table gets the weakest protocol that covers its features, chosen as Delta Spark 4 does:
 * every table supports at least {@code appendOnly} and {@code invariants}, and where the features
 * are exactly those that a pair of legacy versions implies, that pair is taken: (1,2) for a plain
 * table, (2,5) only if the user asks for these versions. Anything else gets writer version 7 with a
 * list of writer features, and the lowest reader version that fits: 1, 2 (column mapping alone) or
 * 3.
 */
public final class ProtocolRules {
  private static final TableProtocol DEFAULT = TableProtocol.of(1, 2);

  /** For writers alone, and without any trace but what {@link #required} finds. */
  private static final Set<TableFeature> DROPPABLE =
      Set.of(
          TableFeature.APPEND_ONLY,
          TableFeature.INVARIANTS,
          TableFeature.CHECK_CONSTRAINTS,
          TableFeature.GENERATED_COLUMNS,
          TableFeature.IDENTITY_COLUMNS,
          TableFeature.ALLOW_COLUMN_DEFAULTS);

  private ProtocolRules() {}

  /**
   * The protocol of a new table.
   *
   * @param metadata the new table with its properties as the user gave them, normalized, {@code
   *     delta.feature.*}, {@code delta.minReaderVersion} and {@code delta.minWriterVersion}
   *     included
   * @param location the table, for messages
   * @throws InvalidRequestException if the table would need a feature that neuralake cannot write
   */
  public static TableProtocol forNewTable(TableMetadata metadata, String location) {
    Set<String> features = new TreeSet<>(DEFAULT.features());
    addRequested(features, metadata.configuration(), DEFAULT);
    features.addAll(required(metadata, features));
    TableProtocol protocol = weakest(TableFeature.withRequired(features), 1);
    refuseUnwritable(protocol, location);
    return protocol;
  }

  /**
   * The protocol of an existing table after a change of its schema or properties. Features are only
   * added, versions never lowered; where nothing is missing, the same protocol is returned.
   *
   * @param current the table's protocol; what its legacy versions imply is kept as listed features
   * @param metadata the table after the change, with the properties that the user sets as in {@link
   *     #forNewTable}
   * @param location the table, for messages
   * @throws InvalidRequestException if the change needs a feature that neuralake cannot write
   */
  public static TableProtocol upgrade(
      TableProtocol current, TableMetadata metadata, String location) {
    Set<String> before = current.features();
    Set<String> features = new TreeSet<>(before);
    addRequested(features, metadata.configuration(), current);
    features.addAll(required(metadata, features));
    features = TableFeature.withRequired(features);
    if (before.containsAll(features)) {
      return current;
    }
    TableProtocol upgraded = supporting(features, current);
    refuseUnwritable(upgraded, location);
    return upgraded;
  }

  /**
   * The protocol without a feature, for a table that makes no use of it.
   *
   * @param feature name of the feature, in any case
   * @param location the table, for messages
   * @throws InvalidRequestException if the table does not have the feature, makes use of it, or
   *     would have to be rewritten to be without it
   */
  public static TableProtocol without(
      TableProtocol current, TableMetadata metadata, String feature, String location) {
    String name =
        current.features().stream().filter(feature::equalsIgnoreCase).findFirst().orElse(null);
    String problem = null;
    if (name == null) {
      problem = "the table does not have it (it has " + String.join(", ", current.features()) + ")";
    } else if (!TableFeature.named(name).map(DROPPABLE::contains).orElse(false)) {
      problem =
          "that takes more than a change of the protocol: files, history or metadata domains that"
              + " rely on it have to go too. Use ALTER TABLE .. DROP FEATURE of Delta Spark";
    } else if (required(metadata, current.features()).contains(name)) {
      problem = "the schema or the properties make use of it. Take these out first";
    }
    if (problem != null) {
      throw new InvalidRequestException(
          location + ": feature '" + feature + "' cannot be dropped: " + problem + ".");
    }
    Set<String> features = new TreeSet<>(current.features());
    features.remove(name);
    return weakest(features, 1);
  }

  /** The weakest protocol with some features whose versions are not below those of another. */
  static TableProtocol supporting(Set<String> features, TableProtocol floor) {
    TableProtocol weakest = weakest(features, floor.minReaderVersion());
    return weakest.minWriterVersion() < floor.minWriterVersion()
        ? listed(features, weakest.minReaderVersion())
        : weakest;
  }

  /** Adds what {@code delta.feature.*} and explicit versions in the properties ask for. */
  private static void addRequested(
      Set<String> features, Map<String, String> properties, TableProtocol floor) {
    int reader = floor.minReaderVersion();
    int writer = floor.minWriterVersion();
    for (Map.Entry<String, String> property : properties.entrySet()) {
      String key = property.getKey();
      if (key.startsWith(PropertyRules.FEATURE_PREFIX)) {
        String name = key.substring(PropertyRules.FEATURE_PREFIX.length());
        features.add(TableFeature.named(name).map(TableFeature::featureName).orElse(name));
      } else if (key.equals(PropertyRules.MIN_READER_VERSION)) {
        reader = Math.max(reader, PropertyValues.intAtLeast(property.getValue(), 1));
      } else if (key.equals(PropertyRules.MIN_WRITER_VERSION)) {
        writer = Math.max(writer, PropertyValues.intAtLeast(property.getValue(), 1));
      }
    }
    features.addAll(TableProtocol.of(reader, writer).features());
  }

  /** The names of the features that the schema and the properties make use of. */
  static Set<String> required(TableMetadata metadata, Set<String> supported) {
    Set<TableFeature> needed = new TreeSet<>();
    requiredBySchema(metadata.schema(), supported, needed);
    TableProperties properties = metadata.properties();
    addIf(needed, properties.appendOnly(), TableFeature.APPEND_ONLY);
    addIf(needed, properties.changeDataFeed(), TableFeature.CHANGE_DATA_FEED);
    addIf(needed, properties.deletionVectors(), TableFeature.DELETION_VECTORS);
    addIf(needed, properties.inCommitTimestamps(), TableFeature.IN_COMMIT_TIMESTAMP);
    addIf(needed, properties.rowTracking(), TableFeature.ROW_TRACKING);
    addIf(
        needed,
        properties.columnMappingMode() != ColumnMapping.Mode.NONE,
        TableFeature.COLUMN_MAPPING);
    addIf(
        needed,
        properties.checkpointPolicy() == TableProperties.CheckpointPolicy.V2,
        TableFeature.V2_CHECKPOINT);
    addIf(
        needed,
        properties.typeWidening()
            && !supported.contains(TableFeature.TYPE_WIDENING_PREVIEW.featureName()),
        TableFeature.TYPE_WIDENING);
    Map<String, String> all = metadata.configuration();
    addIf(needed, !Invariants.constraints(all).isEmpty(), TableFeature.CHECK_CONSTRAINTS);
    addIf(
        needed,
        isTrue(all, TableProperties.ENABLE_VARIANT_SHREDDING)
            && !supported.contains(TableFeature.VARIANT_SHREDDING_PREVIEW.featureName()),
        TableFeature.VARIANT_SHREDDING);
    addIf(
        needed,
        isTrue(all, TableProperties.ENABLE_MATERIALIZE_PARTITION_COLUMNS),
        TableFeature.MATERIALIZE_PARTITION_COLUMNS);
    for (String suffix : List.of("CompatV1", "CompatV2", "CompatV3")) {
      addIf(needed, isTrue(all, "delta.enableIceberg" + suffix), named("iceberg" + suffix));
    }
    for (String suffix : List.of("CompatV1", "CompatV3")) {
      addIf(
          needed,
          isTrue(all, "delta.enableIcebergWriter" + suffix),
          named("icebergWriter" + suffix));
    }
    Set<String> names = new TreeSet<>();
    needed.forEach(feature -> names.add(feature.featureName()));
    return names;
  }

  private static void requiredBySchema(
      StructType schema, Set<String> supported, Set<TableFeature> needed) {
    SchemaTree.forEach(
        schema,
        (path, field) -> {
          addIf(
              needed,
              !field.isNullable() || Invariants.hasInvariant(field),
              TableFeature.INVARIANTS);
          addIf(needed, ComputedColumns.isGenerated(field), TableFeature.GENERATED_COLUMNS);
          addIf(needed, ComputedColumns.isIdentity(field), TableFeature.IDENTITY_COLUMNS);
          addIf(needed, ComputedColumns.hasDefault(field), TableFeature.ALLOW_COLUMN_DEFAULTS);
          addIf(
              needed,
              TypeWidening.hasChanges(field)
                  && !supported.contains(TableFeature.TYPE_WIDENING_PREVIEW.featureName()),
              TableFeature.TYPE_WIDENING);
        });
    addIf(
        needed,
        SchemaTree.anyType(schema, TimestampNTZType.class::isInstance),
        TableFeature.TIMESTAMP_NTZ);
    addIf(
        needed,
        SchemaTree.anyType(schema, VariantType.class::isInstance)
            && !supported.contains(TableFeature.VARIANT_TYPE_PREVIEW.featureName()),
        TableFeature.VARIANT_TYPE);
  }

  private static void addIf(Set<TableFeature> features, boolean condition, TableFeature feature) {
    if (condition) {
      features.add(feature);
    }
  }

  private static boolean isTrue(Map<String, String> properties, String key) {
    return "true".equals(properties.getOrDefault(key, "").strip().toLowerCase(Locale.ROOT));
  }

  private static TableFeature named(String name) {
    return TableFeature.named(name).orElseThrow();
  }

  /** The weakest protocol that supports exactly these features. */
  private static TableProtocol weakest(Set<String> features, int leastReaderVersion) {
    int reader = leastReaderVersion;
    int legacyWriter = 1;
    boolean legacyOnly = true;
    for (String name : features) {
      TableFeature feature = TableFeature.named(name).orElse(null);
      if (feature == null || !feature.isLegacy()) {
        legacyOnly = false;
        reader = feature != null && feature.concernsReaders() ? 3 : reader;
      } else {
        reader = Math.max(reader, feature.legacyReaderVersion());
        legacyWriter = Math.max(legacyWriter, feature.legacyWriterVersion());
      }
    }
    TableProtocol legacy = TableProtocol.of(reader, legacyWriter);
    boolean exact = legacyOnly && reader < 3 && legacy.features().equals(features);
    return exact ? legacy : listed(features, reader);
  }

  private static TableProtocol listed(Set<String> features, int readerVersion) {
    Set<String> forReaders = new TreeSet<>();
    if (readerVersion >= TableProtocol.FEATURES_READER_VERSION) {
      for (String name : features) {
        if (TableFeature.named(name).map(TableFeature::concernsReaders).orElse(false)) {
          forReaders.add(name);
        }
      }
    }
    return new TableProtocol(
        readerVersion, TableProtocol.FEATURES_WRITER_VERSION, forReaders, features);
  }

  private static void refuseUnwritable(TableProtocol protocol, String location) {
    List<String> refused = unwritable(protocol);
    if (!refused.isEmpty()) {
      throw new InvalidRequestException(
          location
              + ": the schema or the properties ask for table features that neuralake cannot write:"
              + " "
              + String.join(", ", refused)
              + ". Leave out the columns or properties that need them, or use another engine for"
              + " this table.");
    }
  }

  /**
   * Checks that neuralake can read the table. Features for writers only never matter here.
   *
   * @throws UnsupportedTableException naming all versions and features that stand against it
   */
  public static void checkReadable(TableProtocol protocol, String location) {
    List<String> problems = new ArrayList<>();
    int version = protocol.minReaderVersion();
    if (version < 1 || version > TableProtocol.FEATURES_READER_VERSION) {
      problems.add("reader version " + version + " (1 to 3 are known)");
    }
    protocol.readerFeatures().stream()
        .filter(name -> supportOf(name) == TableFeature.Support.NO)
        .forEach(problems::add);
    refuse(problems, "read", location);
  }

  /**
   * Checks that neuralake can write to the table: append, overwrite and alter.
   *
   * @throws UnsupportedTableException naming all versions and features that stand against it
   */
  public static void checkWritable(TableProtocol protocol, String location) {
    checkReadable(protocol, location);
    List<String> problems = new ArrayList<>();
    int version = protocol.minWriterVersion();
    if (version < 1 || version > TableProtocol.FEATURES_WRITER_VERSION) {
      problems.add("writer version " + version + " (1 to 7 are known)");
    }
    problems.addAll(unwritable(protocol));
    refuse(problems, "write to", location);
  }

  private static List<String> unwritable(TableProtocol protocol) {
    return protocol.features().stream()
        .filter(name -> supportOf(name) == TableFeature.Support.NO)
        .toList();
  }

  private static TableFeature.Support supportOf(String name) {
    // Feature names in the log are exact: a name in another case is an unknown feature.
    return TableFeature.named(name)
        .filter(feature -> feature.featureName().equals(name))
        .map(TableFeature::support)
        .orElse(TableFeature.Support.NO);
  }

  private static void refuse(Collection<String> problems, String verb, String location) {
    if (!problems.isEmpty()) {
      throw new UnsupportedTableException(
          location
              + ": neuralake cannot "
              + verb
              + " this table, because the table requires "
              + String.join(", ", problems)
              + ". Use an engine that supports this, or drop the feature there (ALTER TABLE .. DROP"
              + " FEATURE).");
    }
  }
}
