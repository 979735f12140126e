/** Where rows lie on space-filling curves through several columns. */
@NullMarked
package io.neuralake.internal.order;

import org.jspecify.annotations.NullMarked;
