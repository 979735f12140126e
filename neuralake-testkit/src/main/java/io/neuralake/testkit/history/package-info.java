/** What concurrent clients did to a table, and whether it could have happened one by one. */
@NullMarked
package io.neuralake.testkit.history;

import org.jspecify.annotations.NullMarked;
