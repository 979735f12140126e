package io.neuralake.internal.txn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.CommitInfo;
import io.neuralake.internal.log.CommitJson;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProperties;
import io.neuralake.internal.meta.TableProtocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns a plan into the bytes of the version that follows a state. */
final class CommitEncoder {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * The next version, ready to be written.
   *
   * @param bytes content of the commit file
   * @param after the table once it is committed
   * @param timestampMillis its commit time
   */
  record Encoded(byte[] bytes, TableState after, long timestampMillis) {}

  private final String engineInfo;

  CommitEncoder(String engineInfo) {
    this.engineInfo = engineInfo;
  }

  Encoded encode(CommitPlan plan, TableState state, String txnId, long now) {
    long version = state.version() + 1;
    TableProtocol protocol = plan.protocol() == null ? state.protocol() : plan.protocol();
    TableMetadata metadata = plan.metadata() == null ? state.metadata() : plan.metadata();
    if (protocol == null || metadata == null) {
      throw new IllegalStateException("The first commit of a table needs protocol and metadata.");
    }
    boolean inCommit = Features.inCommitTimestamps(protocol, metadata);
    long timestamp = inCommit ? Math.max(now, state.lastInCommitTimestamp() + 1) : now;
    if (inCommit && state.exists() && state.lastInCommitTimestamp() < 0) {
      metadata = withEnablement(metadata, version, timestamp);
    } else if (inCommit && plan.metadata() != null && state.metadata() != null) {
      metadata = keepEnablement(metadata, state.metadata());
    }

    List<Action> actions = new ArrayList<>(plan.actions().size() + 3);
    if (plan.protocol() != null) {
      actions.add(new Action.Protocol(protocol));
    }
    if (plan.metadata() != null) {
      actions.add(new Action.Metadata(metadata));
    }
    List<Action.SetTransaction> transactions = new ArrayList<>();
    List<Action> planned =
        plan.actions().stream().map(action -> dated(action, timestamp, transactions)).toList();
    long mark = state.rowIdHighWaterMark();
    if (Features.rowTracking(protocol)) {
      planned = RowTracking.assign(planned, version, mark, CommitEncoder::numRecords);
      mark = markAfter(planned, mark);
    }
    actions.addAll(planned);

    CommitInfo info =
        new CommitInfo(
            timestamp,
            inCommit ? timestamp : null,
            plan.operation(),
            plan.parameters(),
            plan.metrics(),
            plan.options().userMetadata(),
            plan.options().tags(),
            engineInfo,
            txnId,
            state.exists() ? state.version() : null,
            plan.isolation(metadata).deltaName(),
            plan.isBlindAppend());
    TableState after =
        new TableState(
            version,
            protocol,
            metadata,
            inCommit ? timestamp : -1,
            mark,
            state.applications().after(version, transactions));
    return new Encoded(CommitJson.bytes(info, actions), after, timestamp);
  }

  private static Action dated(Action action, long now, List<Action.SetTransaction> transactions) {
    if (!(action instanceof Action.SetTransaction txn)) {
      return action;
    }
    Action.SetTransaction dated =
        txn.lastUpdated() == null
            ? new Action.SetTransaction(txn.appId(), txn.version(), now)
            : txn;
    transactions.add(dated);
    return dated;
  }

  /**
   * A table that turns in-commit timestamps on says since when (Delta protocol, "In-Commit
   * Timestamps").
   */
  private static TableMetadata withEnablement(
      TableMetadata metadata, long version, long timestamp) {
    Map<String, String> configuration = new LinkedHashMap<>(metadata.configuration());
    configuration.put(TableProperties.IN_COMMIT_TIMESTAMP_VERSION, Long.toString(version));
    configuration.put(TableProperties.IN_COMMIT_TIMESTAMP_TIMESTAMP, Long.toString(timestamp));
    return metadata.withConfiguration(configuration);
  }

  /** A table that is replaced still has its old versions, with and without such timestamps. */
  private static TableMetadata keepEnablement(TableMetadata metadata, TableMetadata before) {
    Map<String, String> configuration = new LinkedHashMap<>(metadata.configuration());
    for (String key :
        List.of(
            TableProperties.IN_COMMIT_TIMESTAMP_VERSION,
            TableProperties.IN_COMMIT_TIMESTAMP_TIMESTAMP)) {
      String since = before.configuration().get(key);
      if (since != null) {
        configuration.putIfAbsent(key, since);
      }
    }
    return configuration.equals(metadata.configuration())
        ? metadata
        : metadata.withConfiguration(configuration);
  }

  private static long markAfter(List<Action> actions, long before) {
    for (Action action : actions) {
      if (action instanceof Action.DomainMetadata domain
          && domain.domain().equals(RowTracking.DOMAIN)) {
        return RowTracking.highWaterMark(domain.configuration());
      }
    }
    return before;
  }

  private static long numRecords(DataFile file) {
    try {
      long rows =
          file.stats() == null ? -1 : MAPPER.readTree(file.stats()).path("numRecords").asLong(-1);
      if (rows < 0) {
        throw new CorruptTableException(
            file.path() + ": has no row count, which row tracking needs.");
      }
      return rows;
    } catch (JsonProcessingException e) {
      throw new CorruptTableException(file.path() + ": statistics are not JSON.", e);
    }
  }
}
