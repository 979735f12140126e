/**
 * The exceptions of neuralake: one unchecked root, and a few kinds that say what the caller can do.
 */
@NullMarked
package io.neuralake.error;

import org.jspecify.annotations.NullMarked;
