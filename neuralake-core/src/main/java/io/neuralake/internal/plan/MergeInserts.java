package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.meta.ChangeFeed;
import io.neuralake.internal.meta.TableMetadata;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Inserts rows of the source of a merge that match no row of the table.
 *
 * @param table what to know of the table
 * @param input the source and what becomes of rows
 * @param rows these rows
 */
record MergeInserts(TaskTable table, MergeInput input, RoaringBitmap rows)
    implements FileTask<RewriteResult> {

  private static final int BLOCK = 8192;

  /**
   * What it has learned.
   *
   * @param lastNumbers the last number given out, by identity column
   */
  record Outcome(Map<String, Long> lastNumbers) implements Serializable {}

  @Override
  public RewriteResult run(TaskHost host) {
    LakeRuntime runtime = host.runtime();
    long begun = runtime.clock().millis();
    TableMetadata metadata = table.metadata();
    try (BufferAllocator allocator =
            runtime.allocator().newChildAllocator("merge", 0, Long.MAX_VALUE);
        MergeInput.Use use = input.use(metadata, table.location(), allocator);
        MergedRows merged = new MergedRows(use.ready().rows(), allocator);
        RewrittenFiles out =
            new RewrittenFiles(
                table, metadata, null, host.stores().apply(table.location()), runtime)) {
      Writing writing =
          new Writing(
              use.ready(),
              merged,
              metadata.schema(),
              RowRules.of(metadata, table.location()),
              out,
              allocator);
      long inserted = writing.all(rows);
      out.finish();
      return new RewriteResult(
          null,
          null,
          out.adds(),
          out.changes(),
          new RowCounts(0, 0, 0, inserted, 0, runtime.clock().millis() - begun),
          new Outcome(use.ready().completion().lastNumbers()));
    } catch (InvalidRequestException e) {
      throw new InvalidRequestException(
          table.location() + ": rows to insert: " + e.getMessage(), e);
    } catch (IOException e) {
      throw KernelErrors.translate(table.location(), "inserting rows", e);
    }
  }

  private record Writing(
      MergeInput.Ready ready,
      MergedRows merged,
      StructType schema,
      RowRules rules,
      RewrittenFiles out,
      BufferAllocator allocator) {

    long all(RoaringBitmap rows) throws IOException {
      long inserted = 0;
      int[] block = new int[BLOCK];
      PeekableIntIterator next = rows.getIntIterator();
      while (next.hasNext()) {
        int count = 0;
        while (count < BLOCK && next.hasNext()) {
          block[count++] = next.next();
        }
        inserted += block(new MergedRows.Pairs(block, block, count), inserted);
      }
      return inserted;
    }

    private long block(MergedRows.Pairs rows, long before) throws IOException {
      long inserted = 0;
      MergedRows.Pairs left = rows;
      List<MergeBinding.Clause> clauses = ready.binding().notMatched();
      for (int c = 0; c < clauses.size() && left.count() > 0; c++) {
        BoundExpr condition = clauses.get(c).condition();
        int[] come = condition == null ? null : merged.filter(condition, null, left);
        MergedRows.Pairs coming = come == null ? left : left.take(come, come.length);
        if (coming.count() > 0) {
          insert(clauses.get(c), coming, before + inserted);
          inserted += coming.count();
        }
        if (come == null) {
          break;
        }
        left = left.without(come);
      }
      return inserted;
    }

    private void insert(MergeBinding.Clause clause, MergedRows.Pairs rows, long firstRow)
        throws IOException {
      try (VectorSchemaRoot batch =
          ready
              .completion()
              .complete(merged.values(clause, schema, null, rows), firstRow, allocator)) {
        rules.check(batch, firstRow);
        out.write(batch);
        out.change(batch, ChangeFeed.INSERT, allocator);
      }
    }
  }
}
