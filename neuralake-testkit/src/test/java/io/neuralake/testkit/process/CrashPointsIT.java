package io.neuralake.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.testkit.process.CrashPoints.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrashPointsIT {
  @TempDir Path folder;
  private final List<String> found = new ArrayList<>();

  private CrashPoints.Trial letters(String brokenAfter) {
    return new CrashPoints.Trial() {
      @Override
      public JavaProcess.Builder program(int number) {
        return JavaProcess.of(Programs.Letters.class, file(number).toString(), brokenAfter);
      }

      @Override
      public void afterwards(Point point) throws IOException {
        Path file = file(point.number());
        found.add(Files.exists(file) ? Files.readString(file) : "");
      }
    };
  }

  private Path file(int number) {
    return folder.resolve("letters-" + number);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void killsBeforeEachStepAndStopsAtTheEnd(int ahead) throws Exception {
    assertThat(CrashPoints.enumerate(ahead, letters("none")))
        .containsExactly(
            new Point(1, "write a"),
            new Point(2, "write b"),
            new Point(3, "write c"),
            new Point(4, Point.END));
    assertThat(found).containsExactly("", "a", "ab", "abc");
  }

  @Test
  void programThatFailsIsNoCrashPoint() {
    assertThatThrownBy(() -> CrashPoints.enumerate(0, letters("b")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended without printing a line that matches ^crash point 3")
        .hasMessageContaining("broken on purpose");
    assertThat(found).containsExactly("", "a");
  }

  @Test
  void pointsAreNothingWithoutADriver() {
    CrashPoints.reached("a test that goes on");
  }
}
