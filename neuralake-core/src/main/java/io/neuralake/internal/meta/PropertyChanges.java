package io.neuralake.internal.meta;

import io.neuralake.error.InvalidRequestException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Changes of the properties of an existing table. The methods return the table's metadata after the
 * change, or throw {@link InvalidRequestException}.
 */
public final class PropertyChanges {
  private PropertyChanges() {}

  /**
   * Sets properties. Those about the protocol ({@code delta.feature.*}, {@code
   * delta.minReaderVersion}, {@code delta.minWriterVersion}) stay in the result, so that {@link
   * ProtocolRules#upgrade} sees them; {@link PropertyRules#stored} takes them out before the
   * metadata is written. Turning column mapping on gives the columns their ids.
   *
   * @param metadata the table as it is
   * @param properties what to set
   * @param location the table, for messages
   * @throws InvalidRequestException if a property is refused by {@link PropertyRules#normalize}, or
   *     cannot be changed without looking at the rows
   */
  public static TableMetadata set(
      TableMetadata metadata, Map<String, String> properties, String location) {
    Map<String, String> changes = PropertyRules.normalize(properties, location);
    Map<String, String> all = new LinkedHashMap<>(metadata.configuration());
    changes.forEach(
        (key, value) -> {
          if (Invariants.isConstraint(key) && !Objects.equals(all.get(key), value)) {
            throw new InvalidRequestException(
                location
                    + ": constraint '"
                    + key
                    + "' cannot be set as a property of a table that exists, because its rows have"
                    + " to be checked first. Add it with addConstraint().");
          }
          all.put(key, value);
        });
    TableMetadata changed = metadata.withConfiguration(all);
    if (changed.properties().rowTracking() && !metadata.properties().rowTracking()) {
      throw new InvalidRequestException(
          location
              + ": '"
              + TableProperties.ENABLE_ROW_TRACKING
              + "' cannot be turned on for a table that exists, because its rows have no ids yet."
              + " Set it when the table is created.");
    }
    ColumnMapping.Mode before = metadata.properties().columnMappingMode();
    ColumnMapping.Mode after = changed.properties().columnMappingMode();
    ColumnMapping.checkModeChange(before, after, location);
    if (before != after) {
      changed = ColumnMapping.upgrade(changed);
    }
    if (changed.properties().changeDataFeed() && !metadata.properties().changeDataFeed()) {
      SchemaRules.validate(changed, location);
    }
    return changed;
  }

  /**
   * Takes properties away; those that are not set are passed over. Features of the protocol stay.
   *
   * @param metadata the table as it is
   * @param keys what to take away, in any spelling; also a constraint, which is dropped thereby
   * @param location the table, for messages
   * @throws InvalidRequestException if a property is kept up by the library alone, is about the
   *     protocol, or names the column mapping that the files need
   */
  public static TableMetadata unset(
      TableMetadata metadata, Collection<String> keys, String location) {
    Map<String, String> all = new LinkedHashMap<>(metadata.configuration());
    for (String key : keys) {
      if (PropertyRules.isProtocolProperty(key) || !PropertyRules.isSettable(key)) {
        throw new InvalidRequestException(
            location
                + ": property '"
                + key
                + "' cannot be taken away: it is kept up by the writers of the table, or part of"
                + " its protocol. Leave it as it is.");
      }
      boolean delta = key.toLowerCase(Locale.ROOT).startsWith("delta.");
      all.keySet().removeIf(delta ? key::equalsIgnoreCase : key::equals);
    }
    if (all.size() == metadata.configuration().size()) {
      return metadata;
    }
    TableMetadata changed = metadata.withConfiguration(all);
    ColumnMapping.checkModeChange(
        metadata.properties().columnMappingMode(),
        changed.properties().columnMappingMode(),
        location);
    return changed;
  }

  /**
   * Adds a CHECK constraint. The caller makes sure that every row of the table satisfies it.
   *
   * @param metadata the table as it is
   * @param name the constraint's name
   * @param sql the condition
   * @param location the table, for messages
   * @throws InvalidRequestException if the name is taken (case is ignored), or a text is empty
   */
  public static TableMetadata addConstraint(
      TableMetadata metadata, String name, String sql, String location) {
    if (name.isBlank() || sql.isBlank()) {
      throw new InvalidRequestException(
          location + ": a constraint has no name or no condition. Give it both.");
    }
    // In lower case, as Spark writes and drops it.
    String key = PropertyRules.CONSTRAINT_PREFIX + name.toLowerCase(Locale.ROOT);
    if (metadata.configuration().keySet().stream().anyMatch(key::equalsIgnoreCase)) {
      throw new InvalidRequestException(
          location
              + ": a constraint '"
              + name
              + "' exists already (case is ignored). Choose another name, or drop it first.");
    }
    return metadata.withProperty(key, sql);
  }

  /**
   * Drops a CHECK constraint.
   *
   * @param name the constraint's name, in any case
   * @param ifExists whether it may be missing
   * @throws InvalidRequestException if it is missing
   */
  public static TableMetadata dropConstraint(
      TableMetadata metadata, String name, boolean ifExists, String location) {
    TableMetadata dropped =
        unset(metadata, Set.of(PropertyRules.CONSTRAINT_PREFIX + name), location);
    if (!ifExists && dropped.equals(metadata)) {
      throw new InvalidRequestException(
          location
              + ": there is no constraint '"
              + name
              + "'. The table has "
              + Invariants.constraints(metadata.configuration()).stream()
                  .map(Invariants.Condition::name)
                  .toList()
              + ".");
    }
    return dropped;
  }

  static TableMetadata without(TableMetadata metadata, String key) {
    Map<String, String> rest = new LinkedHashMap<>(metadata.configuration());
    rest.remove(key);
    return metadata.withConfiguration(rest);
  }
}
