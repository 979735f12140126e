/**
 * The comparison of commits: small appends by neuralake, its peers and bare requests, in turns.
 *
 * <p>{@link io.neuralake.benchmarks.commit.CommitComparison} runs it.
 */
@NullMarked
package io.neuralake.benchmarks.commit;

import org.jspecify.annotations.NullMarked;
