/**
 * Schemas from and to Avro, Arrow and Java classes; the schema type itself is Kernel's StructType.
 */
@NullMarked
package io.neuralake.schema;

import org.jspecify.annotations.NullMarked;
