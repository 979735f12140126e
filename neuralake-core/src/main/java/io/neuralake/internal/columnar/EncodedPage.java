package io.neuralake.internal.columnar;

import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;

/**
 * A page that waits for its row group to be written; never compared.
 *
 * @param bytes levels and values, compressed
 * @param rawBytes size before compression
 * @param slots values, nulls and empty lists
 * @param rows that begin in the page
 * @param encoding of the values
 * @param statistics of the values
 */
@SuppressWarnings("ArrayRecordComponent")
record EncodedPage(
    byte[] bytes, int rawBytes, int slots, int rows, Encoding encoding, Statistics<?> statistics) {}
