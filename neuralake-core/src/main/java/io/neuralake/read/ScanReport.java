package io.neuralake.read;

/**
 * What a scan has done so far.
 *
 * @param version the version that is read
 * @param filesTotal live data files of that version
 * @param filesSkippedByPartition files left out because of their partition values
 * @param filesSkippedByStatistics files left out because of their statistics
 * @param filesRead files that were opened, or will be if the scan has not come to its end
 * @param rowsRead rows decoded, before the predicate
 * @param rowsReturned rows that matched
 */
public record ScanReport(
    long version,
    long filesTotal,
    long filesSkippedByPartition,
    long filesSkippedByStatistics,
    long filesRead,
    long rowsRead,
    long rowsReturned) {

  /** Files that did not have to be opened. */
  public long filesSkipped() {
    return filesSkippedByPartition + filesSkippedByStatistics;
  }
}
