/** Java programs in processes of their own, which a test can pause and kill. */
@NullMarked
package io.neuralake.testkit.process;

import org.jspecify.annotations.NullMarked;
