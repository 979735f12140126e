package io.neuralake.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * What a listing or a HEAD says of one file.
 *
 * @param location absolute raw (never percent-encoded) location
 * @param size bytes
 * @param modifiedMillis last modification, milliseconds since the epoch, by the storage's clock
 * @param tag what the storage calls this content of the file: an S3 ETag without its quotes, a
 *     local file's key; null where it has no name for it. Two files that are equal in all four have
 *     the same content
 */
public record FileInfo(String location, long size, long modifiedMillis, @Nullable String tag) {

  /** Whether it is a temporary file, of which a writer makes the file itself. */
  public boolean isTemporary() {
    return UniqueNames.isTemporary(Locations.name(location));
  }
}
