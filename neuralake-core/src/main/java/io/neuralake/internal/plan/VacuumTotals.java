package io.neuralake.internal.plan;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/** Counts files, and hands them on. Not thread-safe. */
public final class VacuumTotals implements Consumer<Doomed> {

  /**
   * Files of a kind.
   *
   * @param files how many
   * @param bytes of all of them
   */
  public record Total(long files, long bytes) {}

  private final Map<VacuumScope.Kind, Total> byKind = new EnumMap<>(VacuumScope.Kind.class);
  private final Consumer<? super Doomed> next;

  VacuumTotals(Consumer<? super Doomed> next) {
    this.next = next;
  }

  @Override
  public void accept(Doomed file) {
    byKind.merge(
        file.kind(),
        new Total(1, file.bytes()),
        (a, b) -> new Total(a.files() + b.files(), a.bytes() + b.bytes()));
    next.accept(file);
  }

  /** What was counted, by the names of {@link VacuumScope.Kind}. */
  public Map<VacuumScope.Kind, Total> byKind() {
    return byKind;
  }

  public long files() {
    return byKind.values().stream().mapToLong(Total::files).sum();
  }

  public long bytes() {
    return byKind.values().stream().mapToLong(Total::bytes).sum();
  }
}
