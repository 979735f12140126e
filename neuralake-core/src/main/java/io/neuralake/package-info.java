/**
 * ACID tables on object storage, without a cluster: the front door.
 *
 * <p>{@link io.neuralake.NeuralLake} is an environment (storage, elector, clock, memory), built
 * once and shared; {@link io.neuralake.NeuralTable} is a cheap handle on one table in it.
 * Operations are immutable values that act at their last call.
 */
@NullMarked
package io.neuralake;

import org.jspecify.annotations.NullMarked;
