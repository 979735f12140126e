package io.neuralake.testkit.history;

import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Lists kept in a table, for histories: each row is a list, whose values are the pairs of digits of
 * a number. An append is an {@code UPDATE} that depends on what is there, of several rows if the
 * operation has several steps; a read is one scan. So a lost update, half an operation, or an old
 * version handed out as new shows up in a history.
 *
 * <p>A list takes {@value #MOST} values from {@value #SMALLEST} to {@value #LARGEST}. Thread-safe.
 */
public final class ListTable {
  /** Values that a list takes. */
  public static final int MOST = 9;

  /** Clients that can work on the same lists. */
  public static final int CLIENTS = 4;

  /** The smallest value. */
  public static final int SMALLEST = 10;

  /** The largest value. */
  public static final int LARGEST = 99;

  private static final int BASE = 100;

  /**
   * A list as it is stored.
   *
   * @param k its name
   * @param digits its values
   */
  public record Stored(String k, long digits) {}

  private final NeuralTable table;
  private final int keys;

  /**
   * Lists in a table.
   *
   * @param table made by {@link #create}
   * @param keys how many lists it has
   */
  public ListTable(NeuralTable table, int keys) {
    this.table = table;
    this.keys = keys;
  }

  /** Creates the table, with empty lists. */
  public static ListTable create(NeuralTable table, int keys) {
    table.create(Stored.class).commit();
    table
        .append(IntStream.range(0, keys).mapToObj(key -> new Stored(key(key), 0)).toList())
        .commit();
    return new ListTable(table, keys);
  }

  private static String key(int number) {
    return "k" + number;
  }

  /**
   * Does what the steps say at one moment: all of them appends, one to a list, or all of them
   * reads.
   *
   * @return the steps, with what was read
   */
  public List<Step> run(List<Step> steps) {
    Map<String, Long> appends = new LinkedHashMap<>();
    for (Step step : steps) {
      if (step instanceof Step.Append append && appends.put(append.key(), append.value()) != null) {
        throw new IllegalArgumentException("Two appends to one list: " + steps);
      }
    }
    if (appends.isEmpty()) {
      Map<String, List<Long>> lists = lists();
      return steps.stream()
          .<Step>map(step -> new Step.Read(step.key(), lists.getOrDefault(step.key(), List.of())))
          .toList();
    }
    String values =
        appends.entrySet().stream()
            .map(entry -> "WHEN '" + entry.getKey() + "' THEN " + entry.getValue() + "L ")
            .collect(Collectors.joining());
    String names =
        appends.keySet().stream().map(key -> "'" + key + "'").collect(Collectors.joining(", "));
    table
        .update()
        .set("digits", "digits * " + BASE + "L + CASE k " + values + "ELSE 0L END")
        .where("k IN (" + names + ")")
        .commit();
    return steps;
  }

  private Map<String, List<Long>> lists() {
    Map<String, List<Long>> lists = new HashMap<>();
    try (Rows<Stored> rows = table.scan().as(Stored.class)) {
      for (Stored row : rows) {
        List<Long> values = new ArrayList<>();
        for (long left = row.digits(); left > 0; left /= BASE) {
          values.add(0, left % BASE);
        }
        lists.put(row.k(), values);
      }
    }
    return lists;
  }

  /**
   * Works as a client would, and records it: half of the operations append to one or two lists, the
   * others read all. Values are chosen by the client's number, so that no two append the same.
   *
   * @param client its number, less than {@value #CLIENTS}
   * @param recorder of the history
   * @param seed of its choices
   * @param operations how many; a client that has appended its two values to a list reads instead
   */
  public void work(int client, HistoryRecorder recorder, long seed, int operations) {
    if (client < 0 || client >= CLIENTS) {
      throw new IllegalArgumentException("Clients are numbered from 0 to " + (CLIENTS - 1));
    }
    Random random = new Random(seed);
    int[] appended = new int[keys];
    for (int i = 0; i < operations; i++) {
      List<Step> steps = new ArrayList<>();
      int first = random.nextInt(keys);
      int count = 1 + random.nextInt(2);
      if (random.nextBoolean()) {
        for (int key = first; key < Math.min(keys, first + count); key++) {
          if (appended[key] < MOST / CLIENTS) {
            steps.add(new Step.Append(key(key), SMALLEST + 10L * client + appended[key]++));
          }
        }
      }
      if (steps.isEmpty()) {
        IntStream.range(0, keys).forEach(k -> steps.add(new Step.Read(key(k), List.of())));
      }
      recorder.run("c" + client, steps, this::run);
    }
  }
}
