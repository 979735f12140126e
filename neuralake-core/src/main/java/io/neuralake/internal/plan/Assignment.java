package io.neuralake.internal.plan;

import io.neuralake.expr.Expr;
import java.io.Serializable;

/**
 * A new value of a column.
 *
 * @param column its name
 * @param value the value, over the row as it was
 */
public record Assignment(String column, Expr value) implements Serializable {}
