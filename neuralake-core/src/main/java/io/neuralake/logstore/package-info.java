/** Log stores that Spark can load, so that its clusters commit as neuralake does. */
@NullMarked
package io.neuralake.logstore;

import org.jspecify.annotations.NullMarked;
