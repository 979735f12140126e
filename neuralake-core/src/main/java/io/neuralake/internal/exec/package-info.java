/** What an open lake passes to everything below it: clock, randomness, threads, memory. */
@NullMarked
package io.neuralake.internal.exec;

import org.jspecify.annotations.NullMarked;
