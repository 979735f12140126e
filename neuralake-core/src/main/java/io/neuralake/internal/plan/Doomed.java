package io.neuralake.internal.plan;

import java.io.Serializable;

/**
 * A file that no version needs.
 *
 * @param path raw, relative to the table
 * @param bytes its size, 0 where the log does not say
 * @param modifiedMillis by the storage's clock; when it was removed, if it was not listed
 * @param kind what it is
 */
public record Doomed(String path, long bytes, long modifiedMillis, VacuumScope.Kind kind)
    implements Serializable {}
