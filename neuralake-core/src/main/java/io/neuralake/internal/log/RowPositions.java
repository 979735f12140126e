package io.neuralake.internal.log;

import io.neuralake.internal.columnar.DeletedRows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Positions of rows in one file: the content of a deletion vector. Not thread-safe while rows are
 * added.
 */
public final class RowPositions implements DeletedRows {

  private static final int PORTABLE_FORMAT = 1681511377;
  private static final int HEADER_BYTES = Integer.BYTES + Long.BYTES;

  /** Low 32 bits by high bits, in the order of the serialization. */
  private final Map<Integer, RoaringBitmap> bitmaps = new TreeMap<>();

  /** The bitmap that was written to last. */
  private RoaringBitmap current = new RoaringBitmap();

  private int currentKey = -1;

  /** Adds a position, from 0. */
  public void add(long position) {
    int key = (int) (position >>> 32);
    if (key != currentKey) {
      current = bitmaps.computeIfAbsent(key, k -> new RoaringBitmap());
      currentKey = key;
    }
    current.add((int) position);
  }

  /** Adds all positions of another set. */
  public void addAll(RowPositions other) {
    other.bitmaps.forEach(
        (key, bitmap) -> bitmaps.computeIfAbsent(key, k -> new RoaringBitmap()).or(bitmap));
  }

  /** Takes out all positions of another set. */
  public void removeAll(RowPositions other) {
    bitmaps.forEach(
        (key, bitmap) -> {
          RoaringBitmap gone = other.bitmaps.get(key);
          if (gone != null) {
            bitmap.andNot(gone);
          }
        });
  }

  /** Whether a position is among them. */
  public boolean contains(long position) {
    RoaringBitmap bitmap = bitmaps.get((int) (position >>> 32));
    return bitmap != null && bitmap.contains((int) position);
  }

  @Override
  public boolean isDeleted(long rowIndexInFile) {
    return contains(rowIndexInFile);
  }

  @Override
  public int @Nullable [] live(long first, int rows) {
    int[] deleted = within(first, rows);
    if (deleted.length == 0) {
      return null;
    }
    int[] live = new int[rows - deleted.length];
    int count = 0;
    int next = 0;
    for (int gone : deleted) {
      while (next < gone) {
        live[count++] = next++;
      }
      next = gone + 1;
    }
    while (next < rows) {
      live[count++] = next++;
    }
    return live;
  }

  /** All rows of the file but these; to be used once they are complete. */
  public DeletedRows others() {
    return new DeletedRows() {
      @Override
      public boolean isDeleted(long rowIndexInFile) {
        return !contains(rowIndexInFile);
      }

      @Override
      public int @Nullable [] live(long first, int rows) {
        int[] live = within(first, rows);
        return live.length == rows ? null : live;
      }
    };
  }

  /** Those in a range of positions, ascending, counted from its first. */
  public int[] within(long first, int count) {
    int[] found = {};
    for (long from = first, end = first + count; from < end; ) {
      // The rest of the range, or of the positions that one bitmap holds.
      long to = Math.min(end, ((from >>> 32) + 1) << 32);
      RoaringBitmap bitmap = bitmaps.get((int) (from >>> 32));
      if (bitmap != null) {
        long low = from & 0xffffffffL;
        int at = found.length;
        found = Arrays.copyOf(found, at + (int) bitmap.rangeCardinality(low, low + to - from));
        if (at < found.length) {
          PeekableIntIterator positions = bitmap.getIntIterator();
          positions.advanceIfNeeded((int) low);
          while (at < found.length) {
            found[at++] = (int) ((positions.next() & 0xffffffffL) - low + from - first);
          }
        }
      }
      from = to;
    }
    return found;
  }

  /** How many there are. */
  public long cardinality() {
    return bitmaps.values().stream().mapToLong(RoaringBitmap::getLongCardinality).sum();
  }

  public boolean isEmpty() {
    return bitmaps.values().stream().allMatch(RoaringBitmap::isEmpty);
  }

  /**
   * The portable serialization (Delta protocol, "Deletion Vector Format"): per 2^32 rows, a key and
   * a bitmap of the low 32 bits.
   */
  byte[] toBytes() {
    int size = HEADER_BYTES;
    for (RoaringBitmap bitmap : bitmaps.values()) {
      bitmap.runOptimize();
      size = Math.addExact(size, Integer.BYTES + bitmap.serializedSizeInBytes());
    }
    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(PORTABLE_FORMAT).putLong(bitmaps.size());
    bitmaps.forEach(
        (key, bitmap) -> {
          buffer.putInt(key);
          bitmap.serialize(buffer);
        });
    return buffer.array();
  }

  /**
   * Reads a serialization. A bitmap that is not there is empty, so a large key costs nothing.
   *
   * @throws IllegalArgumentException if it is none
   */
  static RowPositions ofBytes(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int magic = buffer.getInt();
    if (magic != PORTABLE_FORMAT) {
      throw new IllegalArgumentException("unknown serialization " + magic);
    }
    long count = buffer.getLong();
    if (count < 0 || count > buffer.remaining() / Integer.BYTES) {
      throw new IllegalArgumentException(count + " bitmaps in " + buffer.remaining() + " bytes");
    }
    RowPositions positions = new RowPositions();
    for (long i = 0; i < count; i++) {
      int key = buffer.getInt();
      RoaringBitmap bitmap = new RoaringBitmap();
      bitmap.deserialize(buffer.slice().order(ByteOrder.LITTLE_ENDIAN));
      buffer.position(buffer.position() + bitmap.serializedSizeInBytes());
      if (key < 0 || positions.bitmaps.put(key, bitmap) != null) {
        throw new IllegalArgumentException("bitmap key " + key + " is negative or comes twice");
      }
    }
    return positions;
  }
}
