package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.internal.store.FileInfo;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogCacheTest {

  private static final byte[] CONTENT = "hello".getBytes(StandardCharsets.UTF_8);

  private static FileInfo file(String name, long time, String tag) {
    return new FileInfo("mem://t/_delta_log/" + name, CONTENT.length, time, tag);
  }

  @Test
  void onlyTheVeryFileIsFound() {
    LogCache cache = new LogCache(1 << 20);
    cache.put(file("a", 1, "x"), CONTENT);
    assertThat(cache.get(file("a", 1, "x"))).isEqualTo(CONTENT);
    assertThat(cache.get(file("b", 1, "x"))).isNull();
    assertThat(cache.get(file("a", 2, "x"))).isNull();
    assertThat(cache.get(file("a", 1, "y"))).isNull();
    assertThat(cache.get(file("a", 1, null))).isNull();
    assertThat(cache.get(new FileInfo(file("a", 1, "x").location(), 6, 1, "x"))).isNull();
  }

  @Test
  void whatWasWrittenIsFoundByItsDigestWheneverItIsListed() {
    LogCache cache = new LogCache(1 << 20);
    cache.written(file("a", 1, null).location(), CONTENT);
    assertThat(cache.get(file("a", 77, "5d41402abc4b2a76b9719d911017c592"))).isEqualTo(CONTENT);
    assertThat(cache.get(file("a", 77, "5d41402abc4b2a76b9719d911017c593"))).isNull();
    assertThat(cache.get(file("a", 77, null))).as("no way to tell").isNull();
  }

  @Test
  void thoseUsedLastStayWithinTheBound() {
    long each = 256 + file("0", 1, null).location().length() + CONTENT.length;
    LogCache cache = new LogCache(3 * each);
    for (int i = 0; i < 3; i++) {
      cache.put(file(Integer.toString(i), 1, null), CONTENT);
    }
    assertThat(cache.get(file("0", 1, null))).isNotNull();
    cache.put(file("3", 1, null), CONTENT);
    assertThat(cache.bytes()).isEqualTo(3 * each);
    assertThat(cache.get(file("1", 1, null))).as("used longest ago").isNull();
    assertThat(cache.get(file("0", 1, null))).isNotNull();
    cache.put(file("0", 1, null), CONTENT);
    assertThat(cache.bytes()).as("replaced, not added").isEqualTo(3 * each);
    cache.put(file("4", 1, null), new byte[(int) (4 * each)]);
    assertThat(cache.get(file("4", 1, null))).as("larger than all room").isNull();
    assertThat(cache.get(file("0", 1, null))).isNotNull();
  }

  @Test
  void withoutRoomNothingIsKept() {
    LogCache cache = new LogCache(0);
    cache.put(file("a", 1, null), CONTENT);
    cache.putPointer("mem://t/_delta_log/_last_checkpoint", null);
    assertThat(cache.bytes()).isZero();
    assertThat(cache.pointer("mem://t/_delta_log/_last_checkpoint")).isNull();
  }
}
