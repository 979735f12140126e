package io.neuralake.internal.log;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.internal.data.DefaultColumnarBatch;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.engine.JsonHandler;
import io.delta.kernel.engine.ParquetHandler;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Lets Kernel see the absolute paths of one table's log in one form. Kernel matches a remove with
 * its add by the text of their paths, but writers may spell the path of one file differently: with
 * or without the scheme of the table's storage, with one slash after {@code file:} or three.
 */
final class QualifiedPaths {

  private static final List<String> FILE_ACTIONS = List.of("add", "remove");

  private final String table;

  QualifiedPaths(String table) {
    this.table = table;
  }

  JsonHandler json(JsonHandler handler) {
    return new JsonHandler() {
      @Override
      public ColumnarBatch parseJson(
          ColumnVector json, StructType schema, Optional<ColumnVector> selection) {
        return handler.parseJson(json, schema, selection);
      }

      @Override
      public CloseableIterator<ColumnarBatch> readJsonFiles(
          CloseableIterator<FileStatus> files, StructType schema, Optional<Predicate> predicate)
          throws IOException {
        return handler.readJsonFiles(files, schema, predicate).map(QualifiedPaths.this::batch);
      }

      @Override
      public void writeJsonFileAtomically(
          String path, CloseableIterator<Row> rows, boolean overwrite) throws IOException {
        handler.writeJsonFileAtomically(path, rows, overwrite);
      }
    };
  }

  ParquetHandler parquet(ParquetHandler handler) {
    return new ParquetHandler() {
      @Override
      public CloseableIterator<FileReadResult> readParquetFiles(
          CloseableIterator<FileStatus> files, StructType schema, Optional<Predicate> predicate)
          throws IOException {
        return handler
            .readParquetFiles(files, schema, predicate)
            .map(read -> new FileReadResult(batch(read.getData()), read.getFilePath()));
      }

      @Override
      public CloseableIterator<DataFileStatus> writeParquetFiles(
          String folder, CloseableIterator<FilteredColumnarBatch> data, List<Column> statistics)
          throws IOException {
        return handler.writeParquetFiles(folder, data, statistics);
      }

      @Override
      public void writeParquetFileAtomically(
          String path, CloseableIterator<FilteredColumnarBatch> data) throws IOException {
        handler.writeParquetFileAtomically(path, data);
      }
    };
  }

  private ColumnarBatch batch(ColumnarBatch batch) {
    StructType schema = batch.getSchema();
    if (FILE_ACTIONS.stream().noneMatch(name -> schema.indexOf(name) >= 0)) {
      return batch;
    }
    ColumnVector[] columns = new ColumnVector[schema.length()];
    for (int i = 0; i < columns.length; i++) {
      ColumnVector column = batch.getColumnVector(i);
      int path =
          FILE_ACTIONS.contains(schema.at(i).getName())
                  && schema.at(i).getDataType() instanceof StructType action
              ? action.indexOf("path")
              : -1;
      columns[i] = path < 0 ? column : new FileActions(column, path);
    }
    return new DefaultColumnarBatch(batch.getSize(), schema, columns);
  }

  /** Adds or removes; all of Kernel's columns of structs are read through their children. */
  private final class FileActions extends StructOrText {
    private final int pathOrdinal;

    FileActions(ColumnVector actions, int pathOrdinal) {
      super(actions);
      this.pathOrdinal = pathOrdinal;
    }

    @Override
    public ColumnVector getChild(int ordinal) {
      ColumnVector child = column.getChild(ordinal);
      return ordinal == pathOrdinal ? new Paths(child) : child;
    }
  }

  private final class Paths extends StructOrText {
    Paths(ColumnVector paths) {
      super(paths);
    }

    @Override
    public String getString(int row) {
      return DataPaths.qualify(table, column.getString(row));
    }
  }

  /** What a column needs that holds neither numbers nor bytes. */
  private abstract static class StructOrText implements ColumnVector {
    final ColumnVector column;

    StructOrText(ColumnVector column) {
      this.column = column;
    }

    @Override
    public DataType getDataType() {
      return column.getDataType();
    }

    @Override
    public int getSize() {
      return column.getSize();
    }

    @Override
    public boolean isNullAt(int row) {
      return column.isNullAt(row);
    }

    @Override
    public void close() {
      column.close();
    }
  }
}
