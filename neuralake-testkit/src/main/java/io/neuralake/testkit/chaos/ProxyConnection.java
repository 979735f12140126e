package io.neuralake.testkit.chaos;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A client's connection to the proxy and the one it has to the server: one request at a time. */
final class ProxyConnection implements AutoCloseable {
  private static final int MAX_HELD_BODY = 256 * 1024 * 1024;
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final Wire client;
  private final InetSocketAddress serverAddress;
  private final RequestLog log;
  private final InjectedRules rules;
  private final Delayer delayer;
  private volatile @Nullable Wire server;
  private volatile boolean cutOff;

  ProxyConnection(
      SocketChannel client,
      InetSocketAddress serverAddress,
      RequestLog log,
      InjectedRules rules,
      Delayer delayer)
      throws IOException {
    this.client = new Wire(client);
    this.serverAddress = serverAddress;
    this.log = log;
    this.rules = rules;
    this.delayer = delayer;
  }

  /** Serves requests until either side has enough. */
  void serve() throws IOException, InterruptedException {
    boolean goOn = true;
    while (goOn) {
      HttpHead head = HttpHead.read(client.in());
      // A socket that is closed in the middle of a read can still deliver what is just arriving.
      if (head == null || cutOff) {
        return;
      }
      Optional<Fault> fault = rules.choose(head.method(), head.target());
      RequestLog.Entry entry =
          log.begin(head.method(), head.target(), fault.map(Fault::label).orElse(null));
      try {
        goOn = serve(new Request(head, entry), fault.orElse(null)) && !head.closes();
      } catch (IOException | UncheckedIOException e) {
        // A failure of the server's connection is passed on as what it is: a failed connection.
        entry.failed("connection failed: " + e.getMessage());
        client.reset();
        return;
      }
    }
  }

  private boolean serve(Request request, @Nullable Fault fault)
      throws IOException, InterruptedException {
    if (fault instanceof Fault.ResetBefore) {
      client.reset();
      return false;
    }
    if (fault instanceof Fault.Respond answer) {
      return respond(request, answer);
    }
    if (fault instanceof Fault.Delay delay) {
      delayer.await(delay.duration());
    } else if (fault instanceof Fault.HoldRequest hold) {
      hold.gate().pass();
    }
    Answer answer =
        fault instanceof Fault.DuplicateRequest ? forwardTwice(request) : forward(request);
    if (fault instanceof Fault.DropResponseAfterEffect) {
      relay(answer, OutputStream.nullOutputStream(), bytes -> {});
      client.reset();
      return false;
    }
    if (fault instanceof Fault.HoldResponse hold) {
      hold.gate().pass();
    }
    if (fault instanceof Fault.TruncateResponse cut) {
      truncate(answer, cut.bytes());
      return false;
    }
    return passOn(answer);
  }

  private boolean respond(Request request, Fault.Respond fault) throws IOException {
    boolean expected = request.head.expectsContinue();
    if (!expected) {
      request
          .head
          .requestBody()
          .relay(client.in(), OutputStream.nullOutputStream(), request.entry::received);
    }
    byte[] body = fault.body().getBytes(StandardCharsets.UTF_8);
    request.entry.answered(fault.status());
    String head =
        "HTTP/1.1 %d Injected\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n"
            .formatted(
                fault.status(),
                fault.body().startsWith("{") ? "application/x-amz-json-1.0" : "application/xml",
                body.length,
                expected ? "Connection: close\r\n" : "");
    client.out().write(head.getBytes(StandardCharsets.ISO_8859_1));
    if (!request.head.method().equals("HEAD")) {
      request.entry.sent(body.length);
      client.out().write(body);
    }
    client.out().flush();
    if (expected) {
      // Whether the client still sends the body is its choice, so the connection cannot be used on.
      client.finish();
    }
    return !expected;
  }

  /** Sends the request on as it comes and reads the head of the final answer. */
  private Answer forward(Request request) throws IOException {
    Wire upstream = upstream();
    upstream.out().write(request.head.bytes());
    if (request.head.expectsContinue()) {
      upstream.out().flush();
      HttpHead first = HttpHead.require(upstream.in());
      if (first.status() != 100) {
        return new Answer(request, upstream, first, false);
      }
      client.out().write(first.bytes());
      client.out().flush();
    }
    boolean whole = sendBody(request, upstream);
    return new Answer(request, upstream, finalHead(upstream), whole);
  }

  /**
   * Passes the request's body on. A server may answer and close without reading all of it; then the
   * rest is read here, so that the client gets to read the answer.
   *
   * @return whether the server took the whole body
   */
  private boolean sendBody(Request request, Wire upstream) throws IOException {
    OptionalOutput out = new OptionalOutput(upstream.out());
    request.head.requestBody().relay(client.in(), out, request.entry::received);
    out.flush();
    return out.intact();
  }

  private Answer forwardTwice(Request request) throws IOException {
    if (request.head.expectsContinue()) {
      client.out().write(CONTINUE);
      client.out().flush();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    request
        .head
        .requestBody()
        .relay(
            client.in(),
            body,
            bytes -> {
              request.entry.received(bytes);
              if (body.size() + bytes > MAX_HELD_BODY) {
                throw new UncheckedIOException(
                    new IOException(
                        "the body is too long to be sent twice: more than "
                            + MAX_HELD_BODY
                            + " bytes"));
              }
            });
    byte[] message = request.head.bytesWithout("Expect");
    Answer first = replay(request, message, body);
    relay(first, OutputStream.nullOutputStream(), bytes -> {});
    RequestLog.Entry again =
        log.begin(request.head.method(), request.head.target(), "duplicate of the one before");
    again.received(request.entry.snapshot().bytesIn());
    return replay(new Request(request.head, again), message, body);
  }

  private Answer replay(Request request, byte[] message, ByteArrayOutputStream body)
      throws IOException {
    Wire upstream = upstream();
    upstream.out().write(message);
    body.writeTo(upstream.out());
    upstream.out().flush();
    return new Answer(request, upstream, finalHead(upstream), true);
  }

  private static HttpHead finalHead(Wire upstream) throws IOException {
    HttpHead head = HttpHead.require(upstream.in());
    while (head.status() < 200) {
      head = HttpHead.require(upstream.in());
    }
    return head;
  }

  private boolean passOn(Answer answer) throws IOException {
    answer.request.entry.answered(answer.head.status());
    client.out().write(answer.head.bytes());
    boolean reusable = relay(answer, client.out(), answer.request.entry::sent);
    client.out().flush();
    if (!reusable) {
      client.finish();
    }
    return reusable;
  }

  private void truncate(Answer answer, long bytes) throws IOException {
    answer.request.entry.answered(answer.head.status());
    client.out().write(answer.head.bytes());
    CutOutput cut = new CutOutput(client.out(), bytes);
    relay(answer, cut, read -> {});
    answer.request.entry.sent(cut.passed());
    client.out().flush();
    client.reset();
  }

  /**
   * Reads the whole answer.
   *
   * @return whether both connections can take another request
   */
  private boolean relay(Answer answer, OutputStream out, LongConsumer counter) throws IOException {
    answer.request.entry.answered(answer.head.status());
    BodyLength length = answer.head.responseBody(answer.request.head.method());
    length.relay(answer.upstream.in(), out, counter);
    boolean reusable = answer.bodyTaken && !length.isUntilClose() && !answer.head.closes();
    if (!reusable) {
      server = null;
      answer.upstream.close();
    }
    return reusable;
  }

  private Wire upstream() throws IOException {
    Wire current = server;
    if (current != null && current.isStale()) {
      current.close();
      current = null;
    }
    if (current == null) {
      current = Wire.connect(serverAddress);
      server = current;
    }
    return current;
  }

  /** Ends both connections; the client sees a reset. */
  void reset() throws IOException {
    cutOff = true;
    try (this) {
      client.reset();
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
    Wire current = server;
    if (current != null) {
      current.close();
    }
  }

  private record Request(HttpHead head, RequestLog.Entry entry) {}

  /** An answer whose head is read and whose body is still on the wire. */
  private record Answer(Request request, Wire upstream, HttpHead head, boolean bodyTaken) {}
}
