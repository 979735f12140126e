/** What implementations of neuralake's interfaces must do, as suites of tests. */
@NullMarked
package io.neuralake.testkit.contract;

import org.jspecify.annotations.NullMarked;
