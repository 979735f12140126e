package io.neuralake.exec;

/** How strictly an operation that reads the table is kept apart from concurrent ones. */
public enum IsolationLevel {
  /** Versions and reads have one order: whatever was added to what the operation read conflicts. */
  SERIALIZABLE("Serializable"),

  /**
   * Writes have one order, which need not be that of the versions: rows that a concurrent append
   * added without reading anything count as added afterwards. The default.
   */
  WRITE_SERIALIZABLE("WriteSerializable");

  private final String deltaName;

  IsolationLevel(String deltaName) {
    this.deltaName = deltaName;
  }

  /** The name in the property {@code delta.isolationLevel} and in commits. */
  public String deltaName() {
    return deltaName;
  }
}
