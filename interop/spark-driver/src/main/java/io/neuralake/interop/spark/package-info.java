/**
 * Spark with Delta Lake as a witness in a process of its own.
 *
 * <p>The process reads one JSON request per line from stdin and answers each with one line on
 * stdout: {@link io.neuralake.interop.spark.SparkDriver#MARKER} followed by a JSON object. It ends
 * when stdin closes. Rows travel as <em>canonical lines</em>, so that two engines can be compared
 * as text; {@link io.neuralake.interop.spark.CanonicalRow} defines them.
 */
package io.neuralake.interop.spark;
