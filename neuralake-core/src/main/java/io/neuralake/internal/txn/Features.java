package io.neuralake.internal.txn;

import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;

/** Which features ask something of every commit. */
final class Features {

  private Features() {}

  static boolean inCommitTimestamps(TableProtocol protocol, TableMetadata metadata) {
    return protocol.writerFeatures().contains("inCommitTimestamp")
        && "true".equalsIgnoreCase(metadata.configuration().get("delta.enableInCommitTimestamps"));
  }

  /** Row ids are assigned as soon as the feature is supported, enabled or not. */
  static boolean rowTracking(TableProtocol protocol) {
    return protocol.writerFeatures().contains("rowTracking");
  }
}
