package io.neuralake.read;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One version in a table's history.
 *
 * @param version the version
 * @param timestamp when it was committed: the in-commit timestamp where the table has them, else
 *     the commit file's modification time
 * @param operation such as {@code WRITE}; {@code unknown} if the commit does not say
 * @param parameters operation parameters; each value is JSON text, as engines write them
 * @param metrics operation metrics, by the names that Spark uses
 * @param userMetadata free text of the writer
 * @param tags names and values of the writer's choice
 * @param engineInfo who wrote it
 * @param readVersion the version on which the operation was planned
 * @param isolationLevel such as {@code WriteSerializable}
 * @param isBlindAppend whether the operation read nothing
 */
public record HistoryEntry(
    long version,
    Instant timestamp,
    String operation,
    Map<String, String> parameters,
    Map<String, String> metrics,
    Optional<String> userMetadata,
    Map<String, String> tags,
    Optional<String> engineInfo,
    Optional<Long> readVersion,
    Optional<String> isolationLevel,
    Optional<Boolean> isBlindAppend) {}
