package io.neuralake.internal.columnar;

import org.apache.parquet.column.Encoding;

/**
 * One data page, decompressed.
 *
 * @param levelCount levels, which is values including nulls
 * @param repetitions the page's repetition levels
 * @param definitions the page's definition levels
 * @param encoding of the values
 * @param values the encoded values
 */
record Page(
    int levelCount,
    LevelDecoder repetitions,
    LevelDecoder definitions,
    Encoding encoding,
    Slice values) {}
