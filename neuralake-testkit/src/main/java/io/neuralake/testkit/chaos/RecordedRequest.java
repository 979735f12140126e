package io.neuralake.testkit.chaos;

import java.util.Optional;

/**
 * One request that came to an {@link HttpFaultProxy}.
 *
 * @param sequence its number in the order of arrival, from 1
 * @param method the HTTP method
 * @param target the raw path and query
 * @param status the final status the server, or the proxy in its place, answered; 0 if none (yet)
 * @param bytesIn payload bytes of the request's body received from the client
 * @param bytesOut payload bytes of the response's body sent to the client
 * @param fault what was done to it, for example {@code dropResponseAfterEffect}
 */
public record RecordedRequest(
    long sequence,
    String method,
    String target,
    int status,
    long bytesIn,
    long bytesOut,
    Optional<String> fault) {
  @Override
  public String toString() {
    return "#%d %s %s -> %s, %d bytes in, %d bytes out%s"
        .formatted(
            sequence,
            method,
            target,
            status == 0 ? "no answer" : Integer.toString(status),
            bytesIn,
            bytesOut,
            fault.map(f -> ", fault: " + f).orElse(""));
  }
}
