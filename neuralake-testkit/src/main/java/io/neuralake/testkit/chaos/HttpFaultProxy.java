package io.neuralake.testkit.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An HTTP/1.1 proxy in front of one server that records what clients ask and breaks what its rules
 * say.
 *
 * <pre>{@code
 * try (var proxy = HttpFaultProxy.inFrontOf(s3.endpoint())) {
 *   proxy.inject(Rule.when("PUT", "_delta_log/").nth(2).dropResponseAfterEffect());
 *   // ... work through proxy.endpoint() ...
 *   assertThat(proxy.count("PUT")).as(proxy.summary()).isEqualTo(4);
 * }
 * }</pre>
 *
 * <p>Messages pass byte for byte, the Host header with them, so AWS signatures made for the proxy's
 * address stay valid. Bodies are streamed, {@code Expect: 100-continue} and chunked bodies
 * included. If the server cannot be reached, the client's connection is reset. Only plain HTTP; it
 * listens on a free port of 127.0.0.1.
 *
 * <p>A request is recorded when its head has arrived, and each part of the record is written before
 * the bytes it tells of are sent: after a client has its answer, its request can be asserted on.
 * Thread-safe.
 */
public final class HttpFaultProxy implements AutoCloseable {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(10);

  private final ServerSocketChannel listener;
  private final InetSocketAddress server;
  private final URI endpoint;
  private final Delayer delayer;
  private final RequestLog log = new RequestLog();
  private final InjectedRules rules = new InjectedRules();
  private final Map<ProxyConnection, Thread> connections = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread acceptor;
  private volatile boolean partitioned;

  private HttpFaultProxy(ServerSocketChannel listener, InetSocketAddress server, Delayer delayer)
      throws IOException {
    this.listener = listener;
    this.server = server;
    this.delayer = delayer;
    int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
    endpoint = URI.create("http://127.0.0.1:" + port);
    acceptor = new Thread(this::accept, "neuralake-fault-proxy-" + port);
    acceptor.setDaemon(true);
  }

  /**
   * Starts a proxy whose delays take real time.
   *
   * @param server the base address of the server, {@code http} only
   * @return the running proxy, to be closed
   * @throws UncheckedIOException if no port can be bound
   */
  public static HttpFaultProxy inFrontOf(URI server) {
    return inFrontOf(server, duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos()));
  }

  /**
   * Starts a proxy whose delays take what the test decides.
   *
   * @param server the base address of the server, {@code http} only
   * @param delayer how time passes
   * @return the running proxy, to be closed
   * @throws UncheckedIOException if no port can be bound
   */
  public static HttpFaultProxy inFrontOf(URI server, Delayer delayer) {
    if (!"http".equals(server.getScheme()) || server.getHost() == null) {
      throw new IllegalArgumentException(
          server + " cannot be proxied: give an address like http://127.0.0.1:9000");
    }
    InetSocketAddress address =
        new InetSocketAddress(server.getHost(), server.getPort() < 0 ? 80 : server.getPort());
    try {
      ServerSocketChannel listener = ServerSocketChannel.open();
      listener.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0), 512);
      HttpFaultProxy proxy = new HttpFaultProxy(listener, address, delayer);
      proxy.acceptor.start();
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("A proxy cannot listen on 127.0.0.1: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the address clients use in place of the server's.
   *
   * @return {@code http://127.0.0.1:port}
   */
  public URI endpoint() {
    return endpoint;
  }

  /**
   * Puts a rule to work. Rules injected earlier are asked first; all rules count all requests.
   *
   * @param rule the rule
   * @return what it counts
   */
  public InjectedRule inject(Rule rule) {
    return rules.add(rule);
  }

  /**
   * Puts a seeded plan to work on the requests that no rule chooses. A call of the plan is an HTTP
   * method and its target the raw path and query.
   *
   * @param plan the plan
   * @return what it counts
   */
  public InjectedPlan inject(FaultPlan plan) {
    return rules.add(plan);
  }

  /**
   * Cuts the clients of this proxy off: connections are reset, those under way and all that come,
   * until {@link #heal()}. What the server has been sent may still take effect. Give each client a
   * proxy of its own to cut off one of them.
   */
  public void partition() {
    partitioned = true;
    connections.forEach(HttpFaultProxy::cutOff);
  }

  private static void cutOff(ProxyConnection connection, Thread thread) {
    try {
      connection.reset();
    } catch (IOException e) {
      // It has ended by itself.
    }
    thread.interrupt();
  }

  /** Ends a {@link #partition()}. */
  public void heal() {
    partitioned = false;
  }

  /** Takes all rules and plans away. Requests they already chose stay broken. */
  public void clearRules() {
    rules.clear();
  }

  /** Forgets the requests recorded and the number of faults. The rules, and their counts, stay. */
  public void reset() {
    log.reset();
    rules.resetCount();
  }

  /**
   * Returns what came since the start or the last {@link #reset()}, in the order of arrival.
   *
   * @return an immutable copy
   */
  public List<RecordedRequest> requests() {
    return log.snapshot();
  }

  /**
   * Counts the requests of one method.
   *
   * @param method the HTTP method
   * @return how many came
   */
  public long count(String method) {
    return requests().stream().filter(r -> r.method().equals(method)).count();
  }

  /**
   * Counts the requests of one method to some targets.
   *
   * @param method the HTTP method
   * @param targetRegex what must be found in the raw path and query
   * @return how many came
   */
  public long count(String method, String targetRegex) {
    Pattern target = Pattern.compile(targetRegex);
    return requests().stream()
        .filter(r -> r.method().equals(method) && target.matcher(r.target()).find())
        .count();
  }

  /**
   * Returns how many faults all rules together caused since the start or the last {@link #reset()}.
   *
   * @return the number
   */
  public long faultsInjected() {
    return rules.injected();
  }

  /**
   * Returns the requests for a reader: numbers per method, then a line for each.
   *
   * @return several lines
   */
  public String summary() {
    List<RecordedRequest> all = requests();
    Map<String, Long> perMethod =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    RecordedRequest::method, TreeMap::new, Collectors.counting()));
    return all.size()
        + " requests "
        + perMethod
        + all.stream().map(r -> "\n  " + r).collect(Collectors.joining());
  }

  private void accept() {
    try {
      for (long number = 1; !closed.get(); number++) {
        start(listener.accept(), number);
      }
    } catch (IOException e) {
      // The listener was closed: that is how a proxy ends.
    }
  }

  private void start(SocketChannel client, long number) {
    try {
      ProxyConnection connection = new ProxyConnection(client, server, log, rules, delayer);
      Thread thread = new Thread(() -> serve(connection), acceptor.getName() + "-" + number);
      thread.setDaemon(true);
      connections.put(connection, thread);
      if (partitioned) {
        // After the put, so that whoever cuts clients off at this moment misses none.
        connections.remove(connection);
        connection.reset();
        return;
      }
      thread.start();
    } catch (IOException e) {
      // A client that is gone before it was served; the next one shall be.
    }
  }

  private void serve(ProxyConnection connection) {
    try (connection) {
      connection.serve();
    } catch (IOException e) {
      // The client is gone. It knows, and the record tells how far its request came.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  /**
   * Waits until every client that came has gone and the server has answered what they asked: after
   * that nothing they sent can take effect any more. For clients that were killed, with all gates
   * open.
   *
   * @param timeout how long at most
   * @throws IllegalStateException if a connection is still open at the end of the time
   * @throws InterruptedException if the waiting thread is interrupted
   */
  public void awaitDisconnected(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (Thread thread : List.copyOf(connections.values())) {
      TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
    }
    if (!connections.isEmpty()) {
      throw new IllegalStateException(
          connections.size() + " clients of " + endpoint + " are still connected after " + timeout);
    }
  }

  /** Ends all connections and threads; requests held at a gate fail. Idempotent. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    boolean interrupted = false;
    try {
      listener.close();
      interrupted = join(acceptor);
    } catch (IOException e) {
      // Closing a listening socket frees it whatever it reports.
    }
    Map<ProxyConnection, Thread> open = Map.copyOf(connections);
    open.forEach(HttpFaultProxy::end);
    for (Thread thread : open.values()) {
      interrupted |= join(thread);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void end(ProxyConnection connection, Thread thread) {
    thread.interrupt();
    try {
      connection.close();
    } catch (IOException e) {
      // Closing a socket frees it whatever it reports.
    }
  }

  private static boolean join(Thread thread) {
    try {
      thread.join(JOIN_TIMEOUT.toMillis());
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }
}
