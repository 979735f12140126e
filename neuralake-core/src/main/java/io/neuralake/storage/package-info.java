/** Where tables live and how to get there: settings only, no I/O. */
@NullMarked
package io.neuralake.storage;

import org.jspecify.annotations.NullMarked;
