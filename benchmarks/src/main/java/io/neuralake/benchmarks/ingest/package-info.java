/**
 * Streams of rows beside the bare columnar writer and bare requests, and a soak of all together.
 */
@NullMarked
package io.neuralake.benchmarks.ingest;

import org.jspecify.annotations.NullMarked;
