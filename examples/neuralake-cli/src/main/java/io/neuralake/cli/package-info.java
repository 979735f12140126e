/** Tables from the command line. */
@NullMarked
package io.neuralake.cli;

import org.jspecify.annotations.NullMarked;
