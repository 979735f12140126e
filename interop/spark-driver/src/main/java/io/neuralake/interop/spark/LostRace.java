package io.neuralake.interop.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * A statement that loses against another: while it runs, after it has read the table's version and
 * before it commits, the other runs and commits. The loser calls the function {@code lose}, which
 * returns its argument, a long, on the rows that it reads.
 */
final class LostRace {
  /** What the next call of the function runs; static, for tasks get a copy of the function. */
  private static final AtomicReference<Runnable> WINNER = new AtomicReference<>();

  private final SparkSession spark;
  private final JsonNode request;

  LostRace(SparkSession spark, JsonNode request) {
    this.spark = spark;
    this.request = request;
  }

  /** Runs both; fails as the loser fails. */
  void run() {
    UDF1<Long, Long> lose =
        id -> {
          Runnable winner = WINNER.getAndSet(null);
          if (winner != null) {
            winner.run();
          }
          return id;
        };
    spark.udf().register("lose", lose, DataTypes.LongType);
    CompletableFuture<Void> won = new CompletableFuture<>();
    String winner = SparkDriver.required(request, "winner");
    WINNER.set(() -> inAThreadOfItsOwn(winner, won));
    try {
      spark.sql(SparkDriver.required(request, "loser"));
    } finally {
      WINNER.set(null);
    }
    if (!won.isDone()) {
      throw new IllegalStateException("The loser never called lose(..), so nobody won.");
    }
  }

  /** Tasks may not use the session. Waits until it is done. */
  private void inAThreadOfItsOwn(String statement, CompletableFuture<Void> done) {
    Thread thread =
        new Thread(
            () -> {
              try {
                spark.newSession().sql(statement);
                done.complete(null);
              } catch (Throwable e) { // Scala throws checked exceptions without declaring them
                done.completeExceptionally(e);
              }
            },
            "race-winner");
    thread.setDaemon(true);
    thread.start();
    try {
      done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("The winner failed: " + e.getCause(), e);
    }
  }
}
