package io.neuralake.internal.row;

import io.delta.kernel.types.StructType;

/** The form in which values arrive, walked side by side with the type of the column. */
interface SourceShape {

  /** What bare numbers and bytes mean. */
  SourceHints hints();

  /** The form of a list's elements. */
  SourceShape element();

  /** The form of a map's keys. */
  SourceShape key();

  /** The form of a map's values. */
  SourceShape value();

  /** A writer for values that are structs. */
  StructCell struct(StructType target, String path, boolean nullable);
}
