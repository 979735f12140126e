package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.InMemoryFileStore;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Listings that were under way while commits were written, and lack one between others. */
class ListingGapsTest {

  record Count(int id) {}

  private final InMemoryFileStore files = new InMemoryFileStore();
  private final MemoryLake lake = new MemoryLake();
  private int gaps;
  private int listings;

  @BeforeEach
  void fourVersions() {
    NeuralTable table = lake.table(files);
    table.create(Count.class).commit();
    for (int id = 0; id < 3; id++) {
      table.append(List.of(new Count(id))).commit();
    }
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private FileStore gappy() {
    return (FileStore)
        Proxy.newProxyInstance(
            FileStore.class.getClassLoader(),
            new Class<?>[] {FileStore.class},
            (proxy, method, arguments) -> {
              Object result = method.invoke(files, arguments);
              if (!method.getName().equals("listFrom")) {
                return result;
              }
              listings++;
              return gaps-- > 0 ? withoutVersion2((Iterator<?>) result) : result;
            });
  }

  private static Iterator<?> withoutVersion2(Iterator<?> all) {
    List<Object> rest = new ArrayList<>();
    all.forEachRemaining(rest::add);
    rest.removeIf(file -> ((FileInfo) file).location().endsWith("02.json"));
    return rest.iterator();
  }

  @Test
  void gapThatClosesIsNone() {
    gaps = 3;
    NeuralTable table = lake.table(gappy());
    assertThat(table.version()).isEqualTo(3);
    assertThat(table.count()).isEqualTo(3);
  }

  @Test
  void travelByTimeKnowsGapsToo() {
    Instant newest = lake.table(files).history(1).get(0).timestamp();
    NeuralTable table = lake.table(gappy());
    table.version();
    gaps = 2;
    assertThat(table.asOf(newest).version()).isEqualTo(3);
  }

  @Test
  void gapThatStaysIsAnErrorAfterAFewListings() {
    gaps = 100;
    NeuralTable table = lake.table(gappy());
    assertThatThrownBy(table::version)
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("not contiguous");
    assertThat(listings).isBetween(2, 10);
  }
}
