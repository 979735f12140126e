package io.neuralake.ingest;

import java.time.Instant;

/**
 * Where rows are that were handed to a {@link StreamWriter}.
 *
 * @param version the version of the table that holds them
 * @param timestamp when it was committed, by the writer's clock
 * @param rows how many rows went there together with them
 */
public record WriteReceipt(long version, Instant timestamp, long rows) {}
