/** The one transaction path: conflict rules, rebase, retry, unknown outcomes. */
@NullMarked
package io.neuralake.internal.txn;

import org.jspecify.annotations.NullMarked;
