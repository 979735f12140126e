/** Operations that keep a table healthy without changing its rows, and their results. */
@NullMarked
package io.neuralake.maintain;

import org.jspecify.annotations.NullMarked;
