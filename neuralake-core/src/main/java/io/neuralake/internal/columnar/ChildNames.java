package io.neuralake.internal.columnar;

/** Names of the children of nested Arrow vectors, as {@code Schemas.toArrow} gives them. */
final class ChildNames {
  /** The child of a list. */
  static final String ELEMENT = "element";

  /** The keys of a map's entries. */
  static final String KEY = "key";

  /** The values of a map's entries, and a variant's value. */
  static final String VALUE = "value";

  /** A variant's metadata. */
  static final String METADATA = "metadata";

  private ChildNames() {}
}
