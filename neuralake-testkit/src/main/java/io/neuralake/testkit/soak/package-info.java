/** Long runs of writers that are killed at random, with a report. */
@NullMarked
package io.neuralake.testkit.soak;

import org.jspecify.annotations.NullMarked;
