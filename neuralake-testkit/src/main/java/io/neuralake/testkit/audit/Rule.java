package io.neuralake.testkit.audit;

/** What an audit looks at. Each says what a table promises, and what breaks where it does not. */
public enum Rule {
  /** Commits can be read. */
  LOG_READABLE("a commit is visible as a whole or not at all; readers fail on half of one"),
  /** Each version is there. */
  VERSIONS_WITHOUT_GAPS("versions follow each other; behind a gap, commits are lost to readers"),
  /** Later versions have later times. */
  TIMESTAMPS_GROW("later versions are younger; else time travel finds the wrong version"),
  /** The table says what it is. */
  PROTOCOL_AND_METADATA("a table has a protocol, metadata and a schema; else nobody can read it"),
  /** No file is there twice. */
  FILES_ADDED_ONCE("a file is added once; added again, its rows count twice or come back"),
  /** What is removed was there. */
  REMOVES_MATCH("what a commit removes is there; else two writers removed the same rows"),
  /** No commit is there twice. */
  COMMITTED_ONCE("a transaction is one version; else a retry has written its rows again"),
  /** Files of the newest version exist. */
  FILES_PRESENT("each file of the newest version exists; else its rows are lost"),
  /** Files have the recorded size. */
  FILE_SIZES("files have the size that the log says; readers trust it to find the footer"),
  /** Files have the recorded number of rows. */
  ROW_COUNTS("files have as many rows as the log says; counts and vectors rely on it"),
  /** Minimum, maximum and number of nulls are right. */
  STATISTICS_BOUND("statistics bound the rows; else scans skip files that hold what they look for"),
  /** Columns that must not be null are not. */
  NULLS_ALLOWED("columns that must not be null are not"),
  /** Each file says which partition it is of. */
  PARTITION_VALUES("each file has a value for each partition column; else its rows get lost"),
  /** Deletion vectors can be read and count right. */
  DELETION_VECTORS("deletion vectors name rows of their file; else rows come back or disappear"),
  /** Checkpoints and compacted commits say the same as the commits. */
  CHECKPOINTS_AGREE("a checkpoint is what the commits make; else the table depends on who reads"),
  /** Version checksums say the same as the commits. */
  CHECKSUMS_AGREE("a version's checksum fits the version; else readers refuse the table"),
  /** Files of older versions are there as long as the table keeps them. */
  REMOVED_FILES_KEPT("removed files stay until their time is over; others still read them"),
  /** No file is without a reference. */
  NO_ORPHANS("files that no version names only cost; a crashed writer leaves some"),
  /** Nothing is left half done. */
  NO_LEFT_OVERS("temporary files and unfinished uploads only cost; a crashed writer leaves some"),
  /** Other engines see the same rows. */
  READERS_AGREE("all engines read the same rows; else one of them reads what the log does not say");

  private final String guarantee;

  Rule(String guarantee) {
    this.guarantee = guarantee;
  }

  /** What the table promises, and why it matters. */
  public String guarantee() {
    return guarantee;
  }
}
