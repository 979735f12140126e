/** JMH benchmarks of the parts that scans and writes are made of. */
@NullMarked
package io.neuralake.benchmarks.kernels;

import org.jspecify.annotations.NullMarked;
