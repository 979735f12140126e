/** Plans of operations and their per-file work. */
@NullMarked
package io.neuralake.internal.plan;

import org.jspecify.annotations.NullMarked;
