/** What the comparisons share: results, peers in processes of their own, tables. */
@NullMarked
package io.neuralake.benchmarks.common;

import org.jspecify.annotations.NullMarked;
