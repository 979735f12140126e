/** Expressions over the columns of a table: built fluently or read from SQL text. No I/O. */
@NullMarked
package io.neuralake.expr;

import org.jspecify.annotations.NullMarked;
