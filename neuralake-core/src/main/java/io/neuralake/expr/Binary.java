package io.neuralake.expr;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable sequence of bytes with equality by content, ordered as unsigned bytes. The value of
 * a binary literal. Thread-safe.
 */
public final class Binary implements Comparable<Binary>, Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] bytes;

  private Binary(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Copies the bytes.
   *
   * @param bytes the content
   * @return a value that later changes to the array do not reach
   */
  public static Binary of(byte[] bytes) {
    return new Binary(bytes.clone());
  }

  /**
   * The content.
   *
   * @return a copy
   */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /**
   * The number of bytes.
   *
   * @return at least 0
   */
  public int length() {
    return bytes.length;
  }

  /**
   * Compares with a part of an array, without copying.
   *
   * @param data the array
   * @param start the first byte of the part
   * @param end the position behind the last one
   * @return negative, zero or positive as this is less than, equal to or greater than the part
   */
  public int compareTo(byte[] data, int start, int end) {
    return Arrays.compareUnsigned(bytes, 0, bytes.length, data, start, end);
  }

  @Override
  public int compareTo(Binary other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Binary that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The content in hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().withUpperCase().formatHex(bytes);
  }
}
