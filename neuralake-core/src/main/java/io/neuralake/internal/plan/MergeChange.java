package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.columnar.PartFilter;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.eval.FileSkipping;
import io.neuralake.internal.eval.JoinCondition;
import io.neuralake.internal.eval.KeyHashes;
import io.neuralake.internal.meta.TableMetadata;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * What a merge does to the rows of a file.
 *
 * @param input the source and what becomes of rows
 */
record MergeChange(MergeInput input) implements RowChange {

  /**
   * What a merge has learned from a file.
   *
   * @param matched rows of the source that match a row of the file
   * @param updatedBySource rows updated because they match none
   * @param deletedBySource rows deleted because they match none
   */
  record Outcome(RoaringBitmap matched, long updatedBySource, long deletedBySource)
      implements Serializable {}

  @Override
  public Bound bind(TaskTable table, TableMetadata metadata, TaskHost host) {
    BufferAllocator allocator =
        host.runtime().allocator().newChildAllocator("merge", 0, Long.MAX_VALUE);
    try {
      return new AtWork(
          input.use(metadata, table.location(), allocator), metadata.schema(), allocator);
    } catch (RuntimeException | Error e) {
      allocator.close();
      throw e;
    }
  }

  private static final class AtWork implements Bound {

    /** Pairs that are looked at together. */
    private static final int PAIRS = 8192;

    private static final int NONE = -1;

    private final MergeInput.Use use;
    private final MergeBinding binding;
    private final StructType schema;
    private final BufferAllocator allocator;
    private final MergedRows merged;
    private final KeyHashes hashes;
    private final @Nullable BatchEvaluator targetOnly;
    private final RoaringBitmap matchedSource = new RoaringBitmap();
    private final Updates updates = new Updates();
    private long updatedBySource;
    private long deletedBySource;

    AtWork(MergeInput.Use use, StructType schema, BufferAllocator allocator) {
      this.use = use;
      this.binding = use.ready().binding();
      this.schema = schema;
      this.allocator = allocator;
      this.merged = new MergedRows(use.ready().rows(), allocator);
      this.hashes = new KeyHashes(binding.join().keys(), true);
      BoundExpr only = JoinCondition.all(binding.join().targetOnly());
      this.targetOnly = only == null ? null : new BatchEvaluator(only);
    }

    @Override
    public Set<String> columns() {
      return binding.lookedAt();
    }

    @Override
    public @Nullable PartFilter within(Map<String, @Nullable Object> partitionValues) {
      BoundExpr filter = use.ready().filter();
      return filter == null ? null : new FileSkipping(filter).within(partitionValues);
    }

    @Override
    public void look(VectorSchemaRoot batch, long[] positions, Found found) {
      Look look = new Look(batch);
      look.probe();
      look.notMatchedBySource();
      for (int row = 0; row < positions.length; row++) {
        MergeBinding.Clause clause = look.clause(row);
        if (clause == null) {
          continue;
        }
        boolean bySource = look.chosen[row] >= binding.matched().size();
        if (clause.deletes()) {
          found.deleted().add(positions[row]);
          deletedBySource += bySource ? 1 : 0;
        } else {
          found.updated().add(positions[row]);
          updates.add(positions[row], look.chosen[row], look.partner[row]);
          updatedBySource += bySource ? 1 : 0;
        }
      }
    }

    private MergeBinding.Clause clause(int number) {
      int pairs = binding.matched().size();
      return number < pairs
          ? binding.matched().get(number)
          : binding.notMatchedBySource().get(number - pairs);
    }

    @Override
    public VectorSchemaRoot update(VectorSchemaRoot rows, long[] positions, BufferAllocator to) {
      int count = positions.length;
      int[] clauses = new int[count];
      int[] partners = new int[count];
      for (int i = 0; i < count; i++) {
        int at = updates.find(positions[i]);
        clauses[i] = updates.clauses[at];
        partners[i] = updates.partners[at];
      }
      int[] distinct = Arrays.stream(clauses).distinct().toArray();
      if (distinct.length == 1) {
        int[] all = RowIndexes.all(count).rows();
        return made(distinct[0], rows, new MergedRows.Pairs(all, partners, count), positions[0]);
      }
      VectorSchemaRoot[] parts = new VectorSchemaRoot[distinct.length];
      try {
        int[] part = new int[count];
        int[] row = new int[count];
        for (int p = 0; p < parts.length; p++) {
          int[] targets = new int[count];
          int[] sources = new int[count];
          int many = 0;
          for (int i = 0; i < count; i++) {
            if (clauses[i] == distinct[p]) {
              part[i] = p;
              row[i] = many;
              targets[many] = i;
              sources[many++] = partners[i];
            }
          }
          MergedRows.Pairs pairs = new MergedRows.Pairs(targets, sources, many);
          parts[p] = made(distinct[p], rows, pairs, positions[targets[0]]);
        }
        return Batches.interleave(parts, part, row, to);
      } finally {
        for (VectorSchemaRoot one : parts) {
          if (one != null) {
            one.close();
          }
        }
      }
    }

    private VectorSchemaRoot made(
        int clause, VectorSchemaRoot rows, MergedRows.Pairs pairs, long firstRow) {
      VectorSchemaRoot values = merged.values(clause(clause), schema, rows, pairs);
      RowCompletion completion = clause(clause).completion();
      return completion == null ? values : completion.complete(values, firstRow, allocator);
    }

    @Override
    public Outcome outcome() {
      return new Outcome(matchedSource, updatedBySource, deletedBySource);
    }

    @Override
    public void close() {
      try {
        merged.close();
        use.close();
      } finally {
        allocator.close();
      }
    }

    /** The rows of a batch, and which clause each has come to. */
    private final class Look {
      private final VectorSchemaRoot batch;
      private final int rows;
      private final boolean[] matched;
      final int[] chosen;
      final int[] partner;
      private int[] pairTargets = new int[PAIRS];
      private int[] pairSources = new int[PAIRS];
      private int pairs;

      Look(VectorSchemaRoot batch) {
        this.batch = batch;
        this.rows = batch.getRowCount();
        this.matched = new boolean[rows];
        this.chosen = new int[rows];
        this.partner = new int[rows];
        Arrays.fill(chosen, NONE);
        Arrays.fill(partner, NONE);
      }

      MergeBinding.@Nullable Clause clause(int row) {
        return chosen[row] == NONE ? null : AtWork.this.clause(chosen[row]);
      }

      void probe() {
        if (use.ready().eligible().isEmpty()) {
          return;
        }
        RowIndexes candidates =
            targetOnly == null ? RowIndexes.all(rows) : RowIndexes.of(targetOnly.filter(batch));
        JoinTable table = use.ready().table();
        if (table == null) {
          everyPair(candidates);
        } else if (candidates.count() > 0) {
          KeyHashes.Hashes keys = hashes.of(batch);
          for (int i = 0; i < candidates.count(); i++) {
            int row = candidates.rows()[i];
            if (!keys.mayMatch(row)) {
              continue;
            }
            for (int s = table.first(keys.values()[row]); s >= 0; s = table.next(s)) {
              pair(row, s);
            }
          }
        }
        decide();
      }

      private void everyPair(RowIndexes candidates) {
        for (int i = 0; i < candidates.count(); i++) {
          for (int s = use.ready().eligible().nextSetBit(0);
              s >= 0;
              s = use.ready().eligible().nextSetBit(s + 1)) {
            pair(candidates.rows()[i], s);
          }
        }
      }

      private void pair(int row, int source) {
        if (pairs == PAIRS) {
          decide();
        }
        pairTargets[pairs] = row;
        pairSources[pairs++] = source;
      }

      /** Finds out which of the pairs match, and to which clauses they come. */
      private void decide() {
        MergedRows.Pairs left = new MergedRows.Pairs(pairTargets, pairSources, pairs);
        if (pairs > 0 && !binding.join().exact()) {
          int[] matching = merged.filter(binding.join().whole(), batch, left);
          left = left.take(matching, matching.length);
        }
        for (int i = 0; i < left.count(); i++) {
          matched[left.target()[i]] = true;
          matchedSource.add(left.source()[i]);
        }
        for (int c = 0; c < binding.matched().size() && left.count() > 0; c++) {
          BoundExpr condition = binding.matched().get(c).condition();
          if (condition == null) {
            choose(c, left);
            break;
          }
          int[] come = merged.filter(condition, batch, left);
          choose(c, left.take(come, come.length));
          left = left.without(come);
        }
        pairs = 0;
      }

      private void choose(int clause, MergedRows.Pairs coming) {
        for (int i = 0; i < coming.count(); i++) {
          int row = coming.target()[i];
          if (chosen[row] != NONE && !binding.allowsManyMatches()) {
            throw new InvalidRequestException(
                "several rows of the source match the same row of the table and change it; which"
                    + " of them should win is not defined. Leave one row per key in the source, or"
                    + " make the conditions narrower");
          }
          chosen[row] = clause;
          partner[row] = coming.source()[i];
        }
      }

      void notMatchedBySource() {
        if (binding.notMatchedBySource().isEmpty()) {
          return;
        }
        int[] alone = new int[rows];
        int count = 0;
        for (int row = 0; row < rows; row++) {
          if (!matched[row]) {
            alone[count++] = row;
          }
        }
        MergedRows.Pairs left = new MergedRows.Pairs(alone, alone, count);
        for (int c = 0; c < binding.notMatchedBySource().size() && left.count() > 0; c++) {
          BoundExpr condition = binding.notMatchedBySource().get(c).condition();
          int[] come = condition == null ? null : merged.filter(condition, batch, left);
          MergedRows.Pairs coming = come == null ? left : left.take(come, come.length);
          for (int i = 0; i < coming.count(); i++) {
            chosen[coming.target()[i]] = binding.matched().size() + c;
          }
          if (come == null) {
            break;
          }
          left = left.without(come);
        }
      }
    }
  }

  /** The rows of a file that are updated, by position: growing arrays. */
  private static final class Updates {
    private long[] positions = new long[1024];
    private int[] clauses = new int[1024];
    private int[] partners = new int[1024];
    private int count;

    void add(long position, int clause, int partner) {
      if (count == positions.length) {
        positions = Arrays.copyOf(positions, count * 2);
        clauses = Arrays.copyOf(clauses, count * 2);
        partners = Arrays.copyOf(partners, count * 2);
      }
      positions[count] = position;
      clauses[count] = clause;
      partners[count++] = partner;
    }

    int find(long position) {
      return Arrays.binarySearch(positions, 0, count, position);
    }
  }
}
