package io.neuralake.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessChaosIT {
  @TempDir Path folder;

  private JavaProcess.Builder letters() {
    return JavaProcess.of(Programs.Letters.class, folder.resolve("letters").toString(), "none");
  }

  private String written() throws Exception {
    Path file = folder.resolve("letters");
    return Files.exists(file) ? Files.readString(file) : "";
  }

  @Test
  void killsAtANamedPoint() throws Exception {
    try (JavaProcess program = ProcessChaos.of(letters()).atPoint("write b").kill().run()) {
      assertThat(program.isAlive()).isFalse();
      assertThat(written()).isEqualTo("a");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void pausesAtANamedPointAndGoesOn() throws Exception {
    try (JavaProcess program =
        ProcessChaos.of(letters())
            .atPoint("write c")
            .pauseWhile(() -> Files.writeString(folder.resolve("letters"), "changed "))
            .run()) {
      assertThat(program.waitFor(Duration.ofSeconds(30))).isZero();
      assertThat(written()).isEqualTo("changed c");
    }
  }

  @Test
  void killsAfterATimeAndAtALine() throws Exception {
    JavaProcess.Builder forever = JavaProcess.of(Programs.Forever.class);
    try (JavaProcess program =
        ProcessChaos.of(forever)
            .atLine("running")
            .pauseFor(Duration.ofMillis(1))
            .after(Duration.ofMillis(1))
            .kill()
            .run()) {
      assertThat(program.isAlive()).isFalse();
      assertThat(program.stdout()).containsExactly("running");
    }
  }

  @Test
  void aMomentThatNeverComesIsAnError() {
    ProcessChaos plan = ProcessChaos.of(letters()).patience(Duration.ofSeconds(30));
    assertThatThrownBy(() -> plan.atPoint("write d").kill().run())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended without printing a line that matches ^\\Qcrash point held");
    assertThatThrownBy(() -> plan.atPoint("write a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("this plan has one already");
  }
}
