package io.neuralake.read;

import io.delta.kernel.types.StructType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table at one version.
 *
 * @param location where it lives
 * @param id its unique id
 * @param name its name, where it has one
 * @param description its comment, where it has one
 * @param version the version described
 * @param timestamp when that version was committed
 * @param createdAt when the table was created, where it says so
 * @param schema its columns
 * @param partitionColumns its partition columns, in order
 * @param properties its properties
 * @param minReaderVersion what a reader must support
 * @param minWriterVersion what a writer must support
 * @param features its table features, where the protocol lists them
 * @param files live data files
 * @param bytes their bytes
 */
public record TableDetail(
    String location,
    String id,
    Optional<String> name,
    Optional<String> description,
    long version,
    Instant timestamp,
    Optional<Instant> createdAt,
    StructType schema,
    List<String> partitionColumns,
    Map<String, String> properties,
    int minReaderVersion,
    int minWriterVersion,
    Set<String> features,
    long files,
    long bytes) {}
