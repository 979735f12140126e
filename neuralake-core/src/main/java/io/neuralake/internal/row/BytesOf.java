package io.neuralake.internal.row;

import java.nio.ByteBuffer;
import org.apache.avro.generic.GenericFixed;
import org.jspecify.annotations.Nullable;

/** The bytes in the objects that carry some. */
final class BytesOf {

  private BytesOf() {}

  /** The bytes of an array, buffer (which is not consumed) or Avro fixed; null for others. */
  static byte @Nullable [] value(Object value) {
    if (value instanceof byte[] bytes) {
      return bytes;
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    } else if (value instanceof GenericFixed fixed) {
      return fixed.bytes();
    }
    return null;
  }
}
