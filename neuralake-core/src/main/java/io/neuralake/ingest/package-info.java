/**
 * Services on top of tables: writers of streams of rows, and the work that keeps tables healthy.
 */
@NullMarked
package io.neuralake.ingest;

import org.jspecify.annotations.NullMarked;
