package io.neuralake.internal.txn;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads of which exactly one advances at a time, from one point (a storage call) to its next; a
 * seed chooses which. No time passes and nothing sleeps: the same seed gives the same interleaving.
 *
 * <p>A thread may also fall asleep in a queue, where only another one can wake it; whoever runs the
 * threads says how many are asleep. If nobody can go on, that is a failure.
 */
final class Interleaving {

  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(60);

  private enum Place {
    RUNNING,
    AT_POINT,
    DONE
  }

  private static final class Client {
    final int number;
    final Thread thread;
    Place place = Place.RUNNING;
    @Nullable Throwable failure;

    Client(int number, Runnable work, Interleaving all) {
      this.number = number;
      this.thread = new Thread(() -> all.live(this, work), "client-" + number);
      this.thread.setDaemon(true);
    }
  }

  private final SplittableRandom random;

  /** How likely the one that ran last goes on, in percent: others are delayed for long. */
  private final int stickiness;

  private final List<Client> clients = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();
  private @Nullable Client last;

  Interleaving(SplittableRandom random, int stickiness) {
    this.random = random;
    this.stickiness = stickiness;
  }

  /** What happened, in order. */
  List<String> trace() {
    return trace;
  }

  /** Runs all to their ends; throws the first failure. */
  void run(List<Runnable> work, IntSupplier asleep) {
    for (int i = 0; i < work.size(); i++) {
      clients.add(new Client(i, work.get(i), this));
    }
    try {
      for (Client client : clients) {
        client.thread.start();
      }
      for (Client next = next(asleep); next != null; next = next(asleep)) {
        release(next);
      }
    } finally {
      clients.forEach(client -> client.thread.interrupt());
    }
    for (Client client : clients) {
      if (client.failure != null) {
        throw new AssertionError("client " + client.number + ": " + client.failure, client.failure);
      }
    }
  }

  /**
   * Waits until this thread may go on.
   *
   * @return the number of the client; -1, at once, in a thread that is none
   */
  int point(String what) {
    synchronized (clients) {
      for (Client client : clients) {
        if (client.thread == Thread.currentThread()) {
          client.place = Place.AT_POINT;
          clients.notifyAll();
          while (client.place == Place.AT_POINT) {
            try {
              clients.wait();
            } catch (InterruptedException e) {
              throw new IllegalStateException("the run was given up", e);
            }
          }
          trace.add(client.number + " " + what);
          return client.number;
        }
      }
      return -1;
    }
  }

  private void live(Client client, Runnable work) {
    try {
      point("begin");
      work.run();
    } catch (Throwable e) {
      client.failure = e;
    } finally {
      synchronized (clients) {
        client.place = Place.DONE;
        clients.notifyAll();
      }
    }
  }

  private void release(Client client) {
    synchronized (clients) {
      last = client;
      client.place = Place.RUNNING;
      clients.notifyAll();
    }
  }

  /** Waits until none runs, and chooses who goes on; null at the end of all. */
  private @Nullable Client next(IntSupplier asleep) {
    long begun = System.nanoTime();
    while (true) {
      int running = awaitRest();
      // Those at rest stay so, and those asleep cannot wake by themselves: this order matters.
      if (running > 0 && asleep.getAsInt() < running) {
        if (System.nanoTime() - begun > STUCK_NANOS) {
          throw new AssertionError("a client neither goes on nor sleeps: " + stacks());
        }
        Thread.onSpinWait();
        continue;
      }
      List<Client> ready = clients.stream().filter(c -> c.place == Place.AT_POINT).toList();
      if (ready.isEmpty()) {
        if (running > 0) {
          throw new AssertionError("all that are left sleep, nobody wakes them: " + stacks());
        }
        return null;
      }
      return last != null && ready.contains(last) && random.nextInt(100) < stickiness
          ? last
          : ready.get(random.nextInt(ready.size()));
    }
  }

  /** How many run or sleep, after a moment for them to come to a point. */
  private int awaitRest() {
    synchronized (clients) {
      int running = running();
      if (running > 0) {
        try {
          TimeUnit.NANOSECONDS.timedWait(clients, 50_000);
        } catch (InterruptedException e) {
          throw new IllegalStateException("the run was given up", e);
        }
        running = running();
      }
      return running;
    }
  }

  private int running() {
    return (int) clients.stream().filter(c -> c.place == Place.RUNNING).count();
  }

  private String stacks() {
    StringBuilder text = new StringBuilder();
    for (Client client : clients) {
      text.append('\n').append(client.thread.getName()).append(' ').append(client.place);
      for (StackTraceElement frame : client.thread.getStackTrace()) {
        text.append("\n  ").append(frame);
      }
    }
    return text.toString();
  }
}
