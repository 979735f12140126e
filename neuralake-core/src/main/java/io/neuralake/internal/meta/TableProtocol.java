package io.neuralake.internal.meta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neuralake.error.CorruptTableException;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * The {@code protocol} action (Delta protocol, section "Protocol Evolution").
 *
 * @param minReaderVersion the reader version that the table asks for
 * @param minWriterVersion the writer version that the table asks for
 * @param readerFeatures the listed features for readers; empty below reader version 3
 * @param writerFeatures the listed features for writers; empty below writer version 7
 */
public record TableProtocol(
    int minReaderVersion,
    int minWriterVersion,
    Set<String> readerFeatures,
    Set<String> writerFeatures) {
  static final int FEATURES_READER_VERSION = 3;
  static final int FEATURES_WRITER_VERSION = 7;

  public TableProtocol {
    readerFeatures = sorted(readerFeatures);
    writerFeatures = sorted(writerFeatures);
  }

  /**
   * A protocol that lists no features.
   *
   * @param minReaderVersion the reader version
   * @param minWriterVersion the writer version
   */
  public static TableProtocol of(int minReaderVersion, int minWriterVersion) {
    return new TableProtocol(minReaderVersion, minWriterVersion, Set.of(), Set.of());
  }

  private static Set<String> sorted(Collection<String> names) {
    return Collections.unmodifiableSet(new TreeSet<>(names));
  }

  /**
   * Reads the value of a {@code protocol} action. Versions and features that neuralake does not
   * know are read too: {@link ProtocolRules} refuses them.
   *
   * @param json the object within {@code {"protocol": ..}}
   * @param location the table, for messages
   * @throws CorruptTableException if it is not what the Delta protocol allows
   */
  public static TableProtocol fromJson(JsonNode json, String location) {
    LogJson action = new LogJson(json, "protocol", location);
    int reader = action.integer("minReaderVersion");
    int writer = action.integer("minWriterVersion");
    Set<String> readerFeatures = new TreeSet<>(action.texts("readerFeatures"));
    Set<String> writerFeatures = new TreeSet<>(action.texts("writerFeatures"));
    if (!readerFeatures.isEmpty() && reader < FEATURES_READER_VERSION) {
      throw action.corrupt("reader version " + reader + " cannot list 'readerFeatures'");
    }
    if (!writerFeatures.isEmpty() && writer < FEATURES_WRITER_VERSION) {
      throw action.corrupt("writer version " + writer + " cannot list 'writerFeatures'");
    }
    if (reader == FEATURES_READER_VERSION && writer < FEATURES_WRITER_VERSION) {
      throw action.corrupt("reader version 3 needs writer version 7, but it is " + writer);
    }
    return new TableProtocol(reader, writer, readerFeatures, writerFeatures);
  }

  /** The value of a {@code protocol} action. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("minReaderVersion", minReaderVersion);
    json.put("minWriterVersion", minWriterVersion);
    if (minReaderVersion >= FEATURES_READER_VERSION) {
      LogJson.put(json, "readerFeatures", readerFeatures);
    }
    if (minWriterVersion >= FEATURES_WRITER_VERSION) {
      LogJson.put(json, "writerFeatures", writerFeatures);
    }
    return json;
  }

  /** The weakest protocol that supports all that this one and another support. */
  public TableProtocol union(TableProtocol other) {
    if (equals(other)) {
      return this;
    }
    Set<String> all = new TreeSet<>(features());
    all.addAll(other.features());
    return all.equals(features()) ? this : ProtocolRules.supporting(all, this);
  }

  /** The names of all supported features: the listed ones and those that the versions imply. */
  public Set<String> features() {
    Set<String> all = new TreeSet<>(writerFeatures);
    all.addAll(readerFeatures);
    for (TableFeature feature : TableFeature.values()) {
      if (feature.isLegacy() && isImplied(feature)) {
        all.add(feature.featureName());
      }
    }
    return all;
  }

  private boolean isImplied(TableFeature feature) {
    return minWriterVersion < FEATURES_WRITER_VERSION
        && minWriterVersion >= feature.legacyWriterVersion()
        && minReaderVersion >= feature.legacyReaderVersion();
  }

  /** Whether the table supports a feature: it is listed, or the versions imply it. */
  public boolean supports(TableFeature feature) {
    return writerFeatures.contains(feature.featureName())
        || readerFeatures.contains(feature.featureName())
        || (feature.isLegacy() && isImplied(feature));
  }
}
