/** Programs that show how to use neuralake, each with a {@code main} of its own. */
@NullMarked
package io.neuralake.examples;

import org.jspecify.annotations.NullMarked;
