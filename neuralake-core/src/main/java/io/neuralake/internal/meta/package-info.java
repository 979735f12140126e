/** Rules about schemas, properties, protocol and column mapping: pure functions, no I/O. */
@NullMarked
package io.neuralake.internal.meta;

import org.jspecify.annotations.NullMarked;
