/** Rows to Arrow and Arrow to rows: Avro, Java records, POJOs. */
@NullMarked
package io.neuralake.internal.row;

import org.jspecify.annotations.NullMarked;
