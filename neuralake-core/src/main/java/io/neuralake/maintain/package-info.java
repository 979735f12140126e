/** Maintenance of tables: optimize, vacuum. */
@NullMarked
package io.neuralake.maintain;

import org.jspecify.annotations.NullMarked;
