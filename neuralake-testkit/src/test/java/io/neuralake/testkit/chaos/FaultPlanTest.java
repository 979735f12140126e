package io.neuralake.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
  interface Store {
    int write(String name) throws IOException;

    String name();
  }

  private final List<String> written = new ArrayList<>();
  private final Store real =
      new Store() {
        @Override
        public int write(String name) throws IOException {
          written.add(name);
          if (name.equals("bad")) {
            throw new IOException("a fault of its own");
          }
          return written.size();
        }

        @Override
        public String name() {
          return "real";
        }
      };

  private static List<String> fates(FaultPlan plan) {
    return IntStream.range(0, 1000)
        .mapToObj(i -> plan.fate("PUT", i).map(f -> f.trouble() + " " + f.delay()).orElse(""))
        .toList();
  }

  @Test
  void sameSeedSameFates() {
    FaultPlan plan = FaultPlan.seeded(7).with(Trouble.DELAY, 0.2).with(Trouble.LOSE_ANSWER, 0.1);
    List<String> fates = fates(plan);
    assertThat(fates)
        .isEqualTo(
            fates(FaultPlan.seeded(7).with(Trouble.LOSE_ANSWER, 0.1).with(Trouble.DELAY, 0.2)))
        .isNotEqualTo(fates(FaultPlan.seeded(8).with(Trouble.DELAY, 0.2)));
    assertThat(fates.stream().filter(f -> f.startsWith("DELAY")).count()).isBetween(150L, 250L);
    assertThat(fates.stream().filter(f -> f.startsWith("LOSE")).count()).isBetween(65L, 135L);
    assertThat(plan)
        .hasToString(
            "FaultPlan.seeded(7L).with(Trouble.DELAY, 0.2).with(Trouble.LOSE_ANSWER, 0.1)"
                + ".longestDelay(Duration.parse(\"PT0.1S\")).only(\".*\", \".*\")");
  }

  @Test
  void seedComesFromTheSystemProperty() {
    System.setProperty(FaultPlan.SEED, "42");
    try {
      assertThat(FaultPlan.random()).hasToString(FaultPlan.seeded(42).toString());
    } finally {
      System.clearProperty(FaultPlan.SEED);
    }
  }

  @Test
  void sharesAreRefusedAboveOne() {
    FaultPlan plan = FaultPlan.seeded(1).with(Trouble.DELAY, 0.6);
    assertThatThrownBy(() -> plan.with(Trouble.SLOW_DOWN, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("all shares together are 1.1");
    assertThatThrownBy(() -> plan.with(Trouble.SLOW_DOWN, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SLOW_DOWN for a share of NaN");
  }

  @Test
  void eachTroubleHasItsEffectOnAMethod() throws Exception {
    for (Trouble trouble : EnumSet.allOf(Trouble.class)) {
      written.clear();
      FaultPlan plan = FaultPlan.seeded(1).with(trouble, 1).longestDelay(Duration.ofNanos(1));
      InjectedPlan counts = plan.start();
      Store store = FaultPlan.around(Store.class, real, counts);
      if (trouble.isAnswered()) {
        assertThat(store.write("x")).isEqualTo(trouble == Trouble.DUPLICATE ? 2 : 1);
      } else {
        assertThatThrownBy(() -> store.write("x"))
            .isInstanceOf(IOException.class)
            .hasMessage("injected " + trouble + " into write of x");
      }
      assertThat(written).as("%s", trouble).hasSize(effects(trouble));
      assertThat(store.name()).isEqualTo("real");
      assertThat(counts.calls()).isEqualTo(1);
      assertThat(counts.faults()).containsEntry(trouble, 1L).hasSize(1);
    }
  }

  private static int effects(Trouble trouble) {
    return switch (trouble) {
      case DUPLICATE -> 2;
      case DELAY, LOSE_ANSWER, TRUNCATE -> 1;
      default -> 0;
    };
  }

  @Test
  void onlySomeCallsAndTheRealFailures() {
    Store store =
        FaultPlan.seeded(1)
            .with(Trouble.FAIL_BEFORE, 1)
            .only("write", "json$")
            .around(Store.class, real);
    assertThatCode(() -> store.write("x.parquet")).doesNotThrowAnyException();
    assertThatThrownBy(() -> store.write("bad")).hasMessage("a fault of its own");
    assertThatThrownBy(() -> store.write("x.json")).hasMessageContaining("injected FAIL_BEFORE");
  }

  @Test
  void virtualTimePassesByAdvancingAndSleeping() throws Exception {
    VirtualClock time = new VirtualClock(Instant.EPOCH);
    Clock inParis = time.withZone(ZoneId.of("Europe/Paris"));
    time.advance(Duration.ofSeconds(5));
    time.sleep(Duration.ofMillis(3));
    time.await(Duration.ofMillis(4));
    assertThat(time.millis()).isEqualTo(5007);
    assertThat(inParis.instant()).isEqualTo(time.instant());
    assertThat(inParis.withZone(ZoneId.of("UTC")).getZone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(time.sleeps()).containsExactly(Duration.ofMillis(3), Duration.ofMillis(4));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> time.sleep(Duration.ofSeconds(1)))
        .isInstanceOf(InterruptedException.class)
        .hasMessageContaining("interrupted before a virtual sleep of PT1S");
  }
}
