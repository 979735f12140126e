/** How operations run: retry policy of commits. */
@NullMarked
package io.neuralake.exec;

import org.jspecify.annotations.NullMarked;
