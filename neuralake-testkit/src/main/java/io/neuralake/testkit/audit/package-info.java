/** Looks into a table from outside: log, files and statistics, and assertions on them. */
@NullMarked
package io.neuralake.testkit.audit;

import org.jspecify.annotations.NullMarked;
