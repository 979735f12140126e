package io.neuralake.internal.txn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Row ids of new files (Delta protocol, "Row Tracking", "Writer Requirements"). */
final class RowTracking {

  static final String DOMAIN = "delta.rowTracking";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private RowTracking() {}

  /** The mark in the domain's configuration; -1 where there is none. */
  static long highWaterMark(@Nullable String configuration) {
    if (configuration == null) {
      return -1;
    }
    try {
      return MAPPER.readTree(configuration).path("rowIdHighWaterMark").asLong(-1);
    } catch (JsonProcessingException e) {
      throw new CorruptTableException(
          "The domain " + DOMAIN + " does not hold JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Gives the added files their first row ids and the version that commits them.
   *
   * @param rows number of rows of a file
   */
  static List<Action> assign(
      List<Action> actions,
      long version,
      long mark,
      java.util.function.ToLongFunction<DataFile> rows) {
    List<Action> assigned = new ArrayList<>(actions.size() + 1);
    long next = mark + 1;
    for (Action action : actions) {
      if (action instanceof Action.Add add && add.file().baseRowId() == null) {
        DataFile file = add.file();
        assigned.add(
            new Action.Add(
                new DataFile(
                    file.path(),
                    file.partitionValues(),
                    file.size(),
                    file.modificationTime(),
                    file.stats(),
                    file.deletionVector(),
                    file.tags(),
                    next,
                    version),
                add.dataChange()));
        next += rows.applyAsLong(file);
      } else {
        assigned.add(action);
      }
    }
    if (next > mark + 1) {
      assigned.add(
          new Action.DomainMetadata(DOMAIN, "{\"rowIdHighWaterMark\":" + (next - 1) + "}", false));
    }
    return assigned;
  }
}
