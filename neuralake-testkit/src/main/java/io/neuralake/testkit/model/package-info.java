/** Random tables for jqwik: arbitraries, an oracle in memory, and chains of actions on both. */
@NullMarked
package io.neuralake.testkit.model;

import org.jspecify.annotations.NullMarked;
