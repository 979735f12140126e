package io.neuralake.testkit.chaos;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Random trouble that can be repeated: how often each kind comes, and a seed that decides when.
 *
 * <pre>{@code
 * FaultPlan plan =
 *     FaultPlan.random().with(Trouble.LOSE_ANSWER, 0.05).with(Trouble.SLOW_DOWN, 0.1).only("PUT", ".*");
 * InjectedPlan counted = proxy.inject(plan); // on the wire
 * CommitFiles troubled = plan.around(CommitFiles.class, log); // in process
 * }</pre>
 *
 * <p>The n-th call of a name (an HTTP method, a Java method) always has the same fate, whatever
 * other calls come between. With one client that works in one thread a run repeats itself; with
 * several, who gets which call is up to the threads.
 *
 * <p>Immutable and thread-safe. Its text form is the code that makes it.
 */
public final class FaultPlan {
  /** The system property with the seed of {@link #random()}. */
  public static final String SEED = "neuralake.chaos.seed";

  private final long seed;
  private final Map<Trouble, Double> shares;
  private final Duration longestDelay;
  private final Pattern name;
  private final Pattern target;

  private FaultPlan(
      long seed, Map<Trouble, Double> shares, Duration longestDelay, Pattern name, Pattern target) {
    this.seed = seed;
    this.shares = shares;
    this.longestDelay = longestDelay;
    this.name = name;
    this.target = target;
  }

  /**
   * Returns a plan without trouble.
   *
   * @param seed decides when trouble comes
   * @return the plan
   */
  public static FaultPlan seeded(long seed) {
    Pattern any = Pattern.compile(".*");
    return new FaultPlan(seed, new EnumMap<>(Trouble.class), Duration.ofMillis(100), any, any);
  }

  /**
   * Returns a plan without trouble, whose seed is that of system property {@value #SEED}, or a new
   * one, which is printed.
   *
   * @return the plan
   */
  public static FaultPlan random() {
    Long given = Long.getLong(SEED);
    if (given != null) {
      return seeded(given);
    }
    long seed = new SecureRandom().nextLong();
    System.out.println("Chaos by seed " + seed + "; repeat it with -D" + SEED + "=" + seed);
    return seeded(seed);
  }

  /**
   * Adds a kind of trouble.
   *
   * @param trouble the kind
   * @param share of the calls, 0 to 1; all kinds together at most 1
   * @return a plan with it
   * @throws IllegalArgumentException if that is too much
   */
  public FaultPlan with(Trouble trouble, double share) {
    Map<Trouble, Double> more = new EnumMap<>(Trouble.class);
    more.putAll(shares);
    more.put(trouble, share);
    double sum = more.values().stream().mapToDouble(s -> s).sum();
    if (!(share >= 0) || sum > 1.000_001) {
      throw new IllegalArgumentException(
          trouble
              + " for a share of "
              + share
              + " of the calls: all shares together are "
              + sum
              + ", but must be 0 to 1");
    }
    return new FaultPlan(seed, more, longestDelay, name, target);
  }

  /**
   * Says how long {@link Trouble#DELAY} takes at most; 100 ms unless told.
   *
   * @param longest the longest delay
   * @return a plan with it
   */
  public FaultPlan longestDelay(Duration longest) {
    return new FaultPlan(seed, shares, longest, name, target);
  }

  /**
   * Means some calls only; the others are not counted.
   *
   * @param nameRegex what the whole name of the call must match
   * @param targetRegex what must be found in what it is about: path and query of a request, or the
   *     first argument of a method
   * @return a plan for these
   */
  public FaultPlan only(String nameRegex, String targetRegex) {
    return new FaultPlan(
        seed, shares, longestDelay, Pattern.compile(nameRegex), Pattern.compile(targetRegex));
  }

  /**
   * Puts trouble into an interface of this JVM, such as {@code LockProvider}, {@code CommitFiles}
   * or {@code LeaseProvider}: all its methods that may throw an {@link java.io.IOException} are
   * calls.
   *
   * @param type the interface
   * @param real does the work
   * @param <T> the interface
   * @return a wrapper with counts of its own, as thread-safe as the real one
   */
  public <T> T around(Class<T> type, T real) {
    return around(type, real, new InjectedPlan(this));
  }

  /**
   * Like {@link #around(Class, Object)}, for several wrappers whose calls are counted together.
   *
   * @param type the interface
   * @param real does the work
   * @param counts of {@link #start()}
   * @param <T> the interface
   * @return a wrapper, as thread-safe as the real one
   */
  public static <T> T around(Class<T> type, T real, InjectedPlan counts) {
    Delayer delayer = time -> TimeUnit.NANOSECONDS.sleep(time.toNanos());
    InvocationHandler handler = new TroubledCalls(real, counts, delayer);
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /**
   * Starts counting calls.
   *
   * @return the counts, for {@link #around(Class, Object, InjectedPlan)}
   */
  public InjectedPlan start() {
    return new InjectedPlan(this);
  }

  boolean means(String call, String about) {
    return name.matcher(call).matches() && target.matcher(about).find();
  }

  /** The fate of the n-th call of a name. */
  Optional<InjectedPlan.Injected> fate(String call, long ordinal) {
    SplittableRandom random =
        new SplittableRandom(seed ^ (call.hashCode() * 0x9E37_79B9_7F4A_7C15L) ^ (ordinal << 17));
    double drawn = random.nextDouble();
    for (Map.Entry<Trouble, Double> share : shares.entrySet()) {
      drawn -= share.getValue();
      if (drawn < 0) {
        long delay = random.nextLong(Math.max(1, longestDelay.toNanos()));
        return Optional.of(new InjectedPlan.Injected(share.getKey(), Duration.ofNanos(delay)));
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("FaultPlan.seeded(" + seed + "L)");
    shares.forEach((t, s) -> text.append(".with(Trouble." + t + ", " + s + ")"));
    text.append(".longestDelay(Duration.parse(\"" + longestDelay + "\"))");
    return text.append(".only(\"" + name + "\", \"" + target + "\")").toString();
  }
}
