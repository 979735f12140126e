package io.neuralake.read;

/**
 * What a scan has done so far.
 *
 * @param version the version that is read
 * @param filesTotal live data files of that version
 * @param filesSkippedByPartition files left out because of their partition values
 * @param filesSkippedByStatistics files left out because of their statistics
 * @param filesRead files that were opened, or will be if the scan has not come to its end
 * @param rowGroupsRead row groups of those files that were read
 * @param rowGroupsSkipped row groups left out because of what the file says of them
 * @param pagesSkipped pages of needed columns, in the row groups read, that were not fetched
 * @param pagesByLibrary pages in an encoding that parquet-java decodes for us, value by value
 * @param requests to the storage for bytes of data files
 * @param bytesFetched bytes of data files that came from the storage
 * @param rowsRead rows decoded, before the predicate
 * @param rowsReturned rows that matched
 */
public record ScanReport(
    long version,
    long filesTotal,
    long filesSkippedByPartition,
    long filesSkippedByStatistics,
    long filesRead,
    long rowGroupsRead,
    long rowGroupsSkipped,
    long pagesSkipped,
    long pagesByLibrary,
    long requests,
    long bytesFetched,
    long rowsRead,
    long rowsReturned) {

  /** Files that did not have to be opened. */
  public long filesSkipped() {
    return filesSkippedByPartition + filesSkippedByStatistics;
  }
}
