/** The shape of user classes: records and POJOs, their properties and the types of these. */
@NullMarked
package io.neuralake.internal.bean;

import org.jspecify.annotations.NullMarked;
