/** The JUnit Jupiter extension that hands servers, buckets and proxies to test methods. */
@NullMarked
package io.neuralake.testkit.junit;

import org.jspecify.annotations.NullMarked;
