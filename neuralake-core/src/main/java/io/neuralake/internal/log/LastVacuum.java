package io.neuralake.internal.log;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the log that says up to which version a vacuum has deleted what commits removed; as
 * Delta's own vacuum keeps it, so that each goes on where the other has stopped. It saves work and
 * decides nothing: a wrong number leaves files behind.
 */
public final class LastVacuum {

  private static final Logger LOG = LoggerFactory.getLogger(LastVacuum.class);
  private static final String KEY = "latestCommitVersionOutsideOfRetentionWindow";
  private static final int MOST_BYTES = 1 << 16;

  private LastVacuum() {}

  /** The version; empty if nobody has said. */
  public static OptionalLong read(TableLog log) {
    try {
      JsonNode json = CommitJson.MAPPER.readTree(log.store().read(location(log), MOST_BYTES));
      JsonNode version = json.path(KEY);
      return version.isIntegralNumber()
          ? OptionalLong.of(version.longValue())
          : OptionalLong.empty();
    } catch (FileNotFoundException e) {
      return OptionalLong.empty();
    } catch (IOException e) {
      if (KernelErrors.isInterrupt(e)) {
        throw KernelErrors.translate(log.table(), "looking for the last vacuum", e);
      }
      LOG.warn("{}: cannot be read, as if it were not there", location(log), e);
      return OptionalLong.empty();
    }
  }

  /** Says it. */
  public static void write(TableLog log, long version) {
    String json = "{\"" + KEY + "\":" + version + "}\n";
    try {
      log.store().write(location(log), json.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw KernelErrors.translate(log.table(), "writing down how far the vacuum came", e);
    }
  }

  private static String location(TableLog log) {
    return log.table() + "/" + LogPaths.LOG_FOLDER + "/_last_vacuum_info";
  }
}
