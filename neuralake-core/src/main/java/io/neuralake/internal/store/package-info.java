/**
 * Access to files on local disk, S3 and Hadoop file systems, and the electors that stand on them.
 */
@NullMarked
package io.neuralake.internal.store;

import org.jspecify.annotations.NullMarked;
