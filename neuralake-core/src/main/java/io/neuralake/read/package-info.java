/** Reading a table: scans, snapshots, history. */
@NullMarked
package io.neuralake.read;

import org.jspecify.annotations.NullMarked;
