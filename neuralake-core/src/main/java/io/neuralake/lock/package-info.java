/** The SPI that decides which writer owns a version of a table. */
@NullMarked
package io.neuralake.lock;

import org.jspecify.annotations.NullMarked;
