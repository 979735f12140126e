/** Operations that write a version of a table, and their results. */
@NullMarked
package io.neuralake.write;

import org.jspecify.annotations.NullMarked;
