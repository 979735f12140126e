package io.neuralake.internal.meta;

import static io.neuralake.internal.meta.TableFeature.Scope.READERS_AND_WRITERS;
import static io.neuralake.internal.meta.TableFeature.Scope.WRITERS;
import static io.neuralake.internal.meta.TableFeature.Support.NO;
import static io.neuralake.internal.meta.TableFeature.Support.YES;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The table features that neuralake knows by name (Delta protocol, section "Valid Feature Names in
 * Table Features", and the accepted proposals), and what it can do with a table that has them. A
 * name that is missing here is an unknown feature.
 */
public enum TableFeature {
  APPEND_ONLY("appendOnly", WRITERS, 1, 2, YES),
  INVARIANTS("invariants", WRITERS, 1, 2, YES),
  CHECK_CONSTRAINTS("checkConstraints", WRITERS, 1, 3, YES),
  CHANGE_DATA_FEED("changeDataFeed", WRITERS, 1, 4, YES),
  GENERATED_COLUMNS("generatedColumns", WRITERS, 1, 4, YES),
  COLUMN_MAPPING("columnMapping", READERS_AND_WRITERS, 2, 5, YES),
  IDENTITY_COLUMNS("identityColumns", WRITERS, 1, 6, YES),

  TIMESTAMP_NTZ("timestampNtz", READERS_AND_WRITERS, YES),
  DELETION_VECTORS("deletionVectors", READERS_AND_WRITERS, YES),
  V2_CHECKPOINT("v2Checkpoint", READERS_AND_WRITERS, YES),
  VACUUM_PROTOCOL_CHECK("vacuumProtocolCheck", READERS_AND_WRITERS, YES),
  TYPE_WIDENING("typeWidening", READERS_AND_WRITERS, YES),
  TYPE_WIDENING_PREVIEW("typeWidening-preview", READERS_AND_WRITERS, YES),
  VARIANT_TYPE("variantType", READERS_AND_WRITERS, YES),
  VARIANT_TYPE_PREVIEW("variantType-preview", READERS_AND_WRITERS, YES),
  DOMAIN_METADATA("domainMetadata", WRITERS, YES),
  ROW_TRACKING("rowTracking", WRITERS, YES, "domainMetadata"),
  CLUSTERING("clustering", WRITERS, YES, "domainMetadata"),
  IN_COMMIT_TIMESTAMP("inCommitTimestamp", WRITERS, YES),
  ALLOW_COLUMN_DEFAULTS("allowColumnDefaults", WRITERS, YES),
  CHECKPOINT_PROTECTION("checkpointProtection", WRITERS, YES),

  CATALOG_MANAGED(
      "catalogManaged", READERS_AND_WRITERS, NO, "inCommitTimestamp", "vacuumProtocolCheck"),
  VARIANT_SHREDDING("variantShredding", READERS_AND_WRITERS, NO, "variantType"),
  VARIANT_SHREDDING_PREVIEW("variantShredding-preview", READERS_AND_WRITERS, NO),
  GEOSPATIAL("geospatial", READERS_AND_WRITERS, NO),
  GEOSPATIAL_DEV("geospatial-dev", READERS_AND_WRITERS, NO),
  COLLATIONS("collations", WRITERS, NO),
  COLLATIONS_PREVIEW("collations-preview", WRITERS, NO),
  ICEBERG_COMPAT_V1("icebergCompatV1", WRITERS, NO, "columnMapping"),
  ICEBERG_COMPAT_V2("icebergCompatV2", WRITERS, NO, "columnMapping"),
  ICEBERG_COMPAT_V3("icebergCompatV3", WRITERS, NO, "columnMapping", "rowTracking"),
  ICEBERG_WRITER_COMPAT_V1("icebergWriterCompatV1", WRITERS, NO, "icebergCompatV2"),
  ICEBERG_WRITER_COMPAT_V3("icebergWriterCompatV3", WRITERS, NO, "icebergCompatV3"),
  MATERIALIZE_PARTITION_COLUMNS("materializePartitionColumns", WRITERS, NO);

  /** Who has to know a feature. */
  enum Scope {
    WRITERS,
    READERS_AND_WRITERS
  }

  /** What neuralake can do with a table that lists a feature. */
  enum Support {
    /** Read and write. */
    YES,
    /** Neither write nor, where readers are concerned, read. */
    NO
  }

  private static final int NOT_LEGACY = Integer.MAX_VALUE;

  private static final Map<String, TableFeature> BY_NAME =
      Arrays.stream(values())
          .collect(
              Collectors.toUnmodifiableMap(
                  feature -> feature.featureName.toLowerCase(Locale.ROOT), Function.identity()));

  private final String featureName;
  private final Scope scope;
  private final int legacyReaderVersion;
  private final int legacyWriterVersion;
  private final Support support;

  @SuppressWarnings("ImmutableEnumChecker") // always from Set.of
  private final Set<String> requires;

  TableFeature(
      String featureName, Scope scope, int readerVersion, int writerVersion, Support support) {
    this.featureName = featureName;
    this.scope = scope;
    this.legacyReaderVersion = readerVersion;
    this.legacyWriterVersion = writerVersion;
    this.support = support;
    this.requires = Set.of();
  }

  TableFeature(String featureName, Scope scope, Support support, String... requires) {
    this.featureName = featureName;
    this.scope = scope;
    this.legacyReaderVersion = NOT_LEGACY;
    this.legacyWriterVersion = NOT_LEGACY;
    this.support = support;
    this.requires = Set.of(requires);
  }

  /** The feature of that name, ignoring case; empty if neuralake does not know it. */
  public static Optional<TableFeature> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The name in the log. */
  public String featureName() {
    return featureName;
  }

  /** Whether readers have to know the feature too. */
  public boolean concernsReaders() {
    return scope == READERS_AND_WRITERS;
  }

  /** Whether a protocol version stands for the feature, so that it need not be listed. */
  boolean isLegacy() {
    return legacyWriterVersion != NOT_LEGACY;
  }

  int legacyReaderVersion() {
    return legacyReaderVersion;
  }

  int legacyWriterVersion() {
    return legacyWriterVersion;
  }

  Support support() {
    return support;
  }

  /** The names together with those of all features that they require. */
  static Set<String> withRequired(Collection<String> names) {
    Set<String> all = new TreeSet<>();
    Deque<String> pending = new ArrayDeque<>(names);
    while (!pending.isEmpty()) {
      String name = pending.remove();
      if (all.add(name)) {
        named(name).ifPresent(feature -> pending.addAll(feature.requires));
      }
    }
    return all;
  }
}
