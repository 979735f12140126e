package io.neuralake.internal.log;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.List;

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

  /** The batch with its paths in one form. */
  ColumnBatch batch(ColumnBatch batch) {
    StructType schema = batch.schema();
    if (FILE_ACTIONS.stream().noneMatch(name -> schema.indexOf(name) >= 0)) {
      return batch;
    }
    List<ColumnVector> columns = new ArrayList<>();
    for (int i = 0; i < schema.length(); i++) {
      ColumnVector column = batch.getColumnVector(i);
      int path =
          FILE_ACTIONS.contains(schema.at(i).getName())
                  && schema.at(i).getDataType() instanceof StructType action
              ? action.indexOf("path")
              : -1;
      columns.add(path < 0 ? column : new Actions(column, path));
    }
    return new ColumnBatch(schema, columns, batch.rows());
  }

  /** Adds or removes; all of Kernel's columns of structs are read through their children. */
  private final class Actions extends StructOrText {
    private final int pathOrdinal;

    Actions(ColumnVector actions, int pathOrdinal) {
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
