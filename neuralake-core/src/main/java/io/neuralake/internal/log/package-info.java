/**
 * The Delta log: snapshots, actions, history, checkpoints. The only package that touches Kernel's
 * internals.
 */
@NullMarked
package io.neuralake.internal.log;

import org.jspecify.annotations.NullMarked;
