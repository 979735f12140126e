/** Realistic, reproducible neural signals to fill tables with. */
@NullMarked
package io.neuralake.testkit.signal;

import org.jspecify.annotations.NullMarked;
