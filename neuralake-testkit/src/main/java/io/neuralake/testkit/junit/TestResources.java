package io.neuralake.testkit.junit;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.Backend;
import io.neuralake.testkit.fixture.LockTable;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.fixture.S3Server;
import io.neuralake.testkit.fixture.TestServers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one test has to itself: a bucket, a fault proxy, a lake, and whatever else is registered.
 * Each is made when it is first asked for and ended by {@link #close()}, the newest first.
 *
 * <p>{@link NeuralLakeExtension} opens one per test method; programs and other test frameworks open
 * their own:
 *
 * <pre>{@code
 * try (TestResources resources = TestResources.open("my-test")) {
 *   String table = resources.bucket().location("signals");
 * }
 * }</pre>
 *
 * <p>Not thread-safe; what it hands out is.
 */
public final class TestResources implements AutoCloseable {
  private final TestServers servers;
  private final String name;
  private final Map<Class<?>, Object> made = new HashMap<>();
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();

  private TestResources(TestServers servers, String name) {
    this.servers = servers;
    this.name = name;
  }

  /**
   * Opens resources on this JVM's shared servers of the backend that system properties choose.
   *
   * @param name what names of buckets start with
   * @return new resources, to be closed
   */
  public static TestResources open(String name) {
    return open(TestServers.shared(Backend.CONFIGURED, ""), name);
  }

  /**
   * Opens resources on servers.
   *
   * @param servers the servers; they stay open
   * @param name what names of buckets start with
   * @return new resources, to be closed
   */
  public static TestResources open(TestServers servers, String name) {
    return new TestResources(servers, name);
  }

  /**
   * Returns the servers.
   *
   * @return the servers these resources are on
   */
  public TestServers servers() {
    return servers;
  }

  /**
   * Returns the S3 server.
   *
   * @return the server of the bucket
   */
  public S3Server server() {
    return servers.s3();
  }

  /**
   * Returns the test's own bucket; it is emptied and deleted at the end.
   *
   * @return the same bucket at each call
   */
  public S3Bucket bucket() {
    return get(
        S3Bucket.class,
        resources -> {
          S3Bucket bucket = server().uniqueBucket(name);
          onClose(() -> server().deleteBucket(bucket.name()));
          return bucket;
        });
  }

  /**
   * Returns the test's own proxy in front of the server.
   *
   * @return the same proxy at each call
   */
  public HttpFaultProxy proxy() {
    return get(HttpFaultProxy.class, resources -> HttpFaultProxy.inFrontOf(server().endpoint()));
  }

  /**
   * Returns the name of a lock table of the test's own; it is not created, and not deleted.
   *
   * @return the same table at each call
   */
  public LockTable lockTable() {
    return get(
        LockTable.class,
        resources -> new LockTable(servers.dynamoDb().uniqueTable("locks"), servers.dynamoDb()));
  }

  /**
   * Returns the test's own lake, on the server of its bucket and not through its proxy.
   *
   * @return the same lake at each call
   */
  public NeuralLake lake() {
    return get(NeuralLake.class, resources -> resources.bucket().newLake());
  }

  /**
   * Returns a handle of the test's own lake on {@code table} in the test's own bucket. The table is
   * not created.
   *
   * @return the same handle at each call
   */
  public NeuralTable table() {
    return get(
        NeuralTable.class,
        resources -> resources.lake().table(resources.bucket().location("table")));
  }

  /**
   * Returns the test's own resource of a type, made by the first call. A resource that is {@link
   * AutoCloseable} is closed at the end.
   *
   * @param type the type it is known by
   * @param factory makes it; it may ask for other resources, which then are closed later
   * @param <T> the type it is known by
   * @return the same resource at each call
   */
  public <T> T get(Class<T> type, Function<TestResources, ? extends T> factory) {
    Object known = made.get(type);
    if (known == null) {
      T fresh = factory.apply(this);
      if (fresh instanceof AutoCloseable closeable) {
        onClose(closeable);
      }
      made.put(type, fresh);
      return fresh;
    }
    return type.cast(known);
  }

  /**
   * Has something done when these resources end, before everything that was made so far is ended.
   *
   * @param action what to do
   */
  public void onClose(AutoCloseable action) {
    closing.addFirst(action);
  }

  /**
   * Ends everything that was made, the newest first, even if some of it fails. Idempotent.
   *
   * @throws Exception the first failure, with the others suppressed
   */
  @Override
  public void close() throws Exception {
    Exception failure = null;
    while (!closing.isEmpty()) {
      failure = close(closing.removeFirst(), failure);
    }
    made.clear();
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable Exception close(AutoCloseable resource, @Nullable Exception earlier) {
    try {
      resource.close();
      return earlier;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return combine(earlier, e);
    } catch (Exception e) {
      return combine(earlier, e);
    }
  }

  private static Exception combine(@Nullable Exception earlier, Exception later) {
    if (earlier == null) {
      return later;
    }
    earlier.addSuppressed(later);
    return earlier;
  }
}
