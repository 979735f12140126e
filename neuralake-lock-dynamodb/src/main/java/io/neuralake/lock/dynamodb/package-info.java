/** Commits and leases through DynamoDB. */
@NullMarked
package io.neuralake.lock.dynamodb;

import org.jspecify.annotations.NullMarked;
