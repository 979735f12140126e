/** How operations run: isolation level and retry policy of commits. */
@NullMarked
package io.neuralake.exec;

import org.jspecify.annotations.NullMarked;
