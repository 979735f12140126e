package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RowPositionsTest {

  @Property(tries = 200)
  void partsHaveTheRowsThatOneByOneAreThere(
      @ForAll long seed, @ForAll @IntRange(max = 300) int before, @ForAll boolean high) {
    Random random = new Random(seed);
    long first = high ? (1L << 32) - before : before; // also across the end of a bitmap
    RowPositions positions = new RowPositions();
    int outOf = 1 + random.nextInt(20);
    for (int row = -100; row < 400; row++) {
      if (first + row >= 0 && random.nextInt(outOf) == 0) {
        positions.add(first + row);
      }
    }
    int rows = random.nextInt(301);
    int[] there = IntStream.range(0, rows).filter(r -> positions.contains(first + r)).toArray();
    int[] others = IntStream.range(0, rows).filter(r -> !positions.contains(first + r)).toArray();
    assertThat(positions.within(first, rows)).containsExactly(there);
    assertThat(all(positions.live(first, rows), rows)).containsExactly(others);
    assertThat(all(positions.others().live(first, rows), rows)).containsExactly(there);
    RowPositions none = new RowPositions();
    none.addAll(positions);
    none.removeAll(positions);
    assertThat(none.isEmpty()).isTrue();
  }

  private static int[] all(int[] live, int rows) {
    return live == null ? IntStream.range(0, rows).toArray() : live;
  }
}
