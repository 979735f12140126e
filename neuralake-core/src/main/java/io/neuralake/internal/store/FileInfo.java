package io.neuralake.internal.store;

/**
 * What a listing or a HEAD says of one file.
 *
 * @param location absolute raw (never percent-encoded) location
 * @param size bytes
 * @param modifiedMillis last modification, milliseconds since the epoch, by the storage's clock
 */
public record FileInfo(String location, long size, long modifiedMillis) {}
