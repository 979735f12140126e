package io.neuralake.internal.meta;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.UnsupportedTableException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a table is by its log: protocol and metadata, which have to fit together. Immutable.
 *
 * @param protocol the protocol
 * @param metadata the metadata as it is stored
 */
public record TableDefinition(TableProtocol protocol, TableMetadata metadata) {

  /**
   * What a user wants of a new table.
   *
   * @param schema the schema
   * @param partitionColumns top-level columns, case ignored, outermost first
   * @param properties table properties, keys of Delta in any case
   * @param name the table's name, or null
   * @param description what the table is about, or null
   */
  public record Request(
      StructType schema,
      List<String> partitionColumns,
      Map<String, String> properties,
      @Nullable String name,
      @Nullable String description) {}

  /**
   * Defines a new table: checks schema, partition columns and properties, gives columns ids and
   * physical names where column mapping is on, and finds the weakest protocol.
   *
   * @param request what the user wants
   * @param createdTime now, milliseconds since the epoch
   * @param uuids where the table's id and physical names come from
   * @param location the table, for messages
   * @throws InvalidRequestException naming what cannot be had
   */
  public static TableDefinition create(
      Request request, long createdTime, Supplier<UUID> uuids, String location) {
    Map<String, String> properties = PropertyRules.normalize(request.properties(), location);
    SchemaRules.validate(
        request.schema(), request.partitionColumns(), new TableProperties(properties), location);
    TableMetadata asked =
        TableMetadata.create(
                uuids.get().toString(),
                request.schema(),
                SchemaRules.resolvePartitionColumns(
                    request.schema(), request.partitionColumns(), location),
                properties,
                createdTime)
            .withNames(request.name(), request.description());
    TableProtocol protocol = ProtocolRules.forNewTable(asked, location);
    TableMetadata named =
        withRowTrackingNames(ColumnMapping.assignForNewTable(asked, uuids), uuids);
    return new TableDefinition(
        protocol, named.withConfiguration(PropertyRules.stored(named.configuration())));
  }

  /**
   * The definition after a change of the metadata: the protocol is upgraded where the change needs
   * it.
   *
   * @param changed the metadata after the change; properties about the protocol are taken out of it
   * @param location the table, for messages
   * @throws InvalidRequestException if the change needs a feature that neuralake cannot write
   */
  public TableDefinition change(TableMetadata changed, String location) {
    TableProtocol upgraded = ProtocolRules.upgrade(protocol, changed, location);
    Map<String, String> stored = PropertyRules.stored(changed.configuration());
    return new TableDefinition(
        upgraded,
        stored.equals(changed.configuration()) ? changed : changed.withConfiguration(stored));
  }

  /**
   * Checks that neuralake can write to the table.
   *
   * @throws UnsupportedTableException naming what stands against it
   */
  public void checkWritable(String location) {
    ProtocolRules.checkWritable(protocol, location);
  }

  /** Names columns in which rewritten files keep row ids; Delta asks for random names. */
  public static TableMetadata withRowTrackingNames(TableMetadata metadata, Supplier<UUID> uuids) {
    if (!metadata.properties().rowTracking()) {
      return metadata;
    }
    return metadata
        .withProperty(TableProperties.MATERIALIZED_ROW_ID, "_row-id-col-" + uuids.get())
        .withProperty(
            TableProperties.MATERIALIZED_ROW_COMMIT_VERSION,
            "_row-commit-version-col-" + uuids.get());
  }
}
