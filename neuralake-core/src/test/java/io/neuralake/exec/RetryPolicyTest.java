package io.neuralake.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class RetryPolicyTest {

  @Property
  void pauseIsBoundedAndComesFromTheGivenGenerator(
      @ForAll long seed,
      @ForAll @IntRange(max = 60) int failures,
      @ForAll @LongRange(max = 1_000_000) long baseMicros,
      @ForAll @LongRange(max = Long.MAX_VALUE / 2) long moreSeconds) {
    Duration base = Duration.ofNanos(baseMicros * 1000);
    Duration max = base.plusSeconds(moreSeconds);
    RetryPolicy policy = new RetryPolicy(base, max, Duration.ZERO, 0);

    Duration pause = policy.pause(failures, new SplittableRandom(seed));

    assertThat(pause).isBetween(Duration.ZERO, max);
    if (failures < 30) {
      assertThat(pause).isLessThanOrEqualTo(base.multipliedBy(1L << failures));
    }
    assertThat(policy.pause(failures, new SplittableRandom(seed))).isEqualTo(pause);
  }

  @Example
  void jitterUsesTheWholeRange() {
    RetryPolicy policy = RetryPolicy.ofDefaults();
    SplittableRandom random = new SplittableRandom(7);
    long[] millis =
        IntStream.range(0, 2000).mapToLong(i -> policy.pause(30, random).toMillis()).toArray();

    assertThat(IntStream.range(0, millis.length).filter(i -> millis[i] < 200).count())
        .isBetween(100L, 300L);
    assertThat(IntStream.range(0, millis.length).filter(i -> millis[i] >= 1800).count())
        .isBetween(100L, 300L);
  }

  @Example
  void contradictionsAreRefused() {
    assertThatThrownBy(
            () -> RetryPolicy.ofDefaults().withDelays(Duration.ofSeconds(3), Duration.ZERO))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("baseDelay is PT3S, maxDelay PT0S");
    assertThatThrownBy(() -> RetryPolicy.ofDefaults().withDeadline(Duration.ofSeconds(-1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("deadline PT-1S");
    assertThatThrownBy(() -> new RetryPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO, -1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("maxReplans >= 0, but it is -1");
  }
}
