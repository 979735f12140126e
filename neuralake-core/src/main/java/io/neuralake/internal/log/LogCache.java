package io.neuralake.internal.log;

import io.neuralake.internal.store.FileInfo;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Small files of the logs of all tables of a lake, those used last up to a number of bytes. A file
 * is found by all that a listing says of it, so one that was replaced, by a table that was made
 * anew at the same place too, is not found. What is remembered of pointers to checkpoints is a hint
 * that is checked by each listing. Thread-safe.
 */
public final class LogCache {

  /** Bytes that are kept unless a lake says otherwise. */
  public static final long DEFAULT_BYTES = 64L << 20;

  /** What an entry takes beside its content, approximately. */
  private static final int ENTRY_BYTES = 256;

  private static final byte[] NONE = {};

  private final long most;
  private final Map<FileInfo, byte[]> contents = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * An empty cache.
   *
   * @param most bytes that are kept; with 0 nothing is
   */
  public LogCache(long most) {
    this.most = most;
  }

  /** The content of a file that was listed, null if it is not known. */
  synchronized byte @Nullable [] get(FileInfo listed) {
    byte[] content = contents.get(listed);
    return content != null || listed.tag() == null
        ? content
        : contents.get(own(listed.location(), listed.size(), listed.tag()));
  }

  /** Remembers a file that was listed so before it was read. */
  void put(FileInfo listed, byte[] content) {
    keep(listed, content);
  }

  /**
   * Remembers a file that was just written, before it is listed: it is found again where the
   * storage's tag is the content's MD5, as on S3 it mostly is.
   */
  void written(String location, byte[] content) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      keep(own(location, content.length, HexFormat.of().formatHex(md5.digest(content))), content);
    } catch (NoSuchAlgorithmException e) {
      // a JVM without it reads the file again
    }
  }

  private static FileInfo own(String location, long size, String tag) {
    return new FileInfo(location, size, -1, tag);
  }

  /** What the pointer to a table's newest checkpoint said; empty if there was none. */
  synchronized byte @Nullable [] pointer(String location) {
    return contents.get(pointerKey(location));
  }

  /** Remembers what the pointer says, null if there is none. */
  void putPointer(String location, byte @Nullable [] content) {
    keep(pointerKey(location), content == null ? NONE : content);
  }

  synchronized void forgetPointer(String location) {
    drop(pointerKey(location));
  }

  private static FileInfo pointerKey(String location) {
    return new FileInfo(location, -1, -1, null);
  }

  private synchronized void keep(FileInfo file, byte[] content) {
    drop(file);
    if (cost(file, content) > most) {
      return;
    }
    contents.put(file, content);
    bytes += cost(file, content);
    Iterator<Map.Entry<FileInfo, byte[]>> eldest = contents.entrySet().iterator();
    while (bytes > most) {
      Map.Entry<FileInfo, byte[]> entry = eldest.next();
      bytes -= cost(entry.getKey(), entry.getValue());
      eldest.remove();
    }
  }

  private void drop(FileInfo file) {
    byte[] old = contents.remove(file);
    if (old != null) {
      bytes -= cost(file, old);
    }
  }

  private static long cost(FileInfo file, byte[] content) {
    return (long) ENTRY_BYTES + content.length + file.location().length();
  }

  /** Bytes that are kept now. */
  synchronized long bytes() {
    return bytes;
  }
}
