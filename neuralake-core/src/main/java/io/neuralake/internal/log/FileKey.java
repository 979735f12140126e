package io.neuralake.internal.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/**
 * What identifies a logical file (Delta protocol, "Action Reconciliation"): its path, compared as a
 * URI, and its deletion vector. A buffer that is used again for each file. Not thread-safe.
 */
final class FileKey {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long COLONS = ':' * 0x0101010101010101L;
  private static final long PERCENTS = '%' * 0x0101010101010101L;

  private final String table;
  private byte[] bytes = new byte[256];
  private int length;

  FileKey(String table) {
    this.table = table;
  }

  /** The buffer; the key is its first {@link #length()} bytes. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Makes this the key of a file. */
  void set(String path, @Nullable DeletionVector vector) {
    length = 0;
    append(path.getBytes(StandardCharsets.UTF_8));
    finish(vector);
  }

  /** Makes this the key of a file whose path is still in a vector. */
  void set(ArrowBuf paths, long offset, int pathLength, @Nullable DeletionVector vector) {
    length = 0;
    reserve(pathLength);
    paths.getBytes(offset, bytes, 0, pathLength);
    length = pathLength;
    finish(vector);
  }

  private void finish(@Nullable DeletionVector vector) {
    if (!isPlain()) {
      if (isAbsolute()) {
        String path = new String(bytes, 0, length, StandardCharsets.UTF_8);
        byte[] canonical = canonical(DataPaths.qualify(table, path));
        length = 0;
        append(canonical);
      }
      upperCaseEscapes();
    }
    if (vector != null) {
      append(new byte[] {0}); // stands in no path
      append(vector.uniqueId().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Whether the path is its own canonical form, as nearly all are. */
  private boolean isPlain() {
    long special = length > 0 && bytes[0] == '/' ? 1 : 0;
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      long eight = (long) LONGS.get(bytes, i);
      special |= zeroByte(eight ^ COLONS) | zeroByte(eight ^ PERCENTS);
    }
    for (; i < length; i++) {
      special |= bytes[i] == ':' || bytes[i] == '%' ? 1 : 0;
    }
    return special == 0;
  }

  /** Not zero if one of eight bytes is. */
  private static long zeroByte(long eight) {
    return (eight - 0x0101010101010101L) & ~eight & 0x8080808080808080L;
  }

  private void append(byte[] more) {
    reserve(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.addExact(length, more + (length >> 1)));
    }
  }

  private boolean isAbsolute() {
    if (length > 0 && bytes[0] == '/') {
      return true;
    }
    for (int i = 0; i < length; i++) {
      byte b = bytes[i];
      if (b == ':') {
        return i > 0;
      }
      boolean inScheme =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || b == '+'
              || b == '-'
              || b == '.';
      if (!inScheme) {
        return false;
      }
    }
    return false;
  }

  /** Scheme and host in lower case, and no authority where it is empty. */
  private static byte[] canonical(String path) {
    String key;
    try {
      URI uri = new URI(path);
      String authority = uri.getRawAuthority();
      String host = uri.getHost();
      if (uri.isOpaque() || uri.getScheme() == null) {
        key = path;
      } else {
        String place =
            authority == null
                ? ""
                : "//" + (host == null ? authority : authority.toLowerCase(Locale.ROOT));
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String fragment = uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment();
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        key = scheme + ":" + place + uri.getRawPath() + query + fragment;
      }
    } catch (URISyntaxException e) {
      key = path; // odd, but the same name is still the same file
    }
    return key.getBytes(StandardCharsets.UTF_8);
  }

  private void upperCaseEscapes() {
    for (int i = 0; i + 2 < length; i++) {
      if (bytes[i] == '%') {
        upperCaseDigit(i + 1);
        upperCaseDigit(i + 2);
      }
    }
  }

  private void upperCaseDigit(int at) {
    if (bytes[at] >= 'a' && bytes[at] <= 'f') {
      bytes[at] = (byte) (bytes[at] - ('a' - 'A'));
    }
  }

  int hash() {
    long hash = length;
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      hash = mixed(hash, (long) LONGS.get(bytes, i));
    }
    for (; i < length; i++) {
      hash = mixed(hash, bytes[i]);
    }
    return (int) (hash >>> 32);
  }

  private static long mixed(long hash, long next) {
    return (Long.rotateLeft(hash, 23) ^ next) * 0x9e3779b97f4a7c15L;
  }
}
