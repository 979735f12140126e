/** Faults on the wire: a proxy that records what a client asks and breaks what it is told to. */
@NullMarked
package io.neuralake.testkit.chaos;

import org.jspecify.annotations.NullMarked;
