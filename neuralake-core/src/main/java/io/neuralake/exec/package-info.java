/** How operations run: isolation, retries and group commit. */
@NullMarked
package io.neuralake.exec;

import org.jspecify.annotations.NullMarked;
