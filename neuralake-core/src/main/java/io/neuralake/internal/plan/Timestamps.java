package io.neuralake.internal.plan;

import io.neuralake.error.InvalidRequestException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;

/** Moments as users write them. */
public final class Timestamps {

  private static final DateTimeFormatter ISO =
      new java.time.format.DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffsetId()
          .toFormatter(java.util.Locale.ROOT);

  private Timestamps() {}

  /** A date, a date and time in UTC, or one with an offset; ISO 8601. */
  public static Instant parse(String text) {
    try {
      TemporalAccessor parsed =
          ISO.parseBest(
              text.trim().replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) ", "$1T"),
              OffsetDateTime::from,
              LocalDateTime::from,
              LocalDate::from);
      if (parsed instanceof OffsetDateTime offset) {
        return offset.toInstant();
      }
      return parsed instanceof LocalDateTime local
          ? local.toInstant(ZoneOffset.UTC)
          : ((LocalDate) parsed).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw new InvalidRequestException(
          "'"
              + text
              + "' is not a moment in ISO 8601. Write a date such as 2026-11-20, or"
              + " 2026-11-20T12:30:00Z.",
          e);
    }
  }
}
