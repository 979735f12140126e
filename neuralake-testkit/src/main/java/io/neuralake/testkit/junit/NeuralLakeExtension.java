package io.neuralake.testkit.junit;

import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.Backend;
import io.neuralake.testkit.fixture.DynamoDbServer;
import io.neuralake.testkit.fixture.EmbeddedDynamoDb;
import io.neuralake.testkit.fixture.EmbeddedS3;
import io.neuralake.testkit.fixture.LockTable;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.fixture.S3Server;
import io.neuralake.testkit.fixture.TestServers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Hands resources on S3 and DynamoDB servers to JUnit Jupiter tests.
 *
 * <p>Parameters of these types are resolved in test, {@code @BeforeEach} and {@code @AfterEach}
 * methods:
 *
 * <ul>
 *   <li>{@link S3Server} and {@link DynamoDbServer}: the servers; also in constructors and
 *       {@code @BeforeAll}; {@link EmbeddedS3} and {@link EmbeddedDynamoDb} where these are the
 *       backend
 *   <li>{@link S3Bucket}: a bucket of the test method's own, emptied and deleted after it
 *   <li>{@link HttpFaultProxy}: a proxy of the test method's own in front of the S3 server
 *   <li>{@link NeuralLake}: a lake of the test method's own on the server, closed after it
 *   <li>{@link NeuralTable}: a handle on a table in the bucket, not created yet, of that lake
 *   <li>{@link LockTable}: the name of a lock table of the test method's own
 *   <li>{@link S3Client} and {@code DynamoDbClient}: clients, closed after the test method
 *   <li>{@link TestResources}: all of them
 *   <li>every type added by {@link #with(Class, Function)}
 * </ul>
 *
 * <p>Usually applied by {@link NeuralLakeTest}; to add types of one's own, register it:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final NeuralLakeExtension LAKE =
 *     new NeuralLakeExtension().with(Feed.class, r -> new Feed(r.bucket().location("in")));
 * }</pre>
 *
 * <p>Immutable and thread-safe; tests may run in parallel.
 */
public final class NeuralLakeExtension implements ParameterResolver, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(NeuralLakeExtension.class);

  private static final Set<Class<?>> SERVERS =
      Set.of(S3Server.class, DynamoDbServer.class, EmbeddedS3.class, EmbeddedDynamoDb.class);

  private final Map<Class<?>, Function<TestResources, ?>> perTest;

  /** Makes the extension with the types listed above. */
  public NeuralLakeExtension() {
    this(
        Map.of(
            TestResources.class, resources -> resources,
            S3Bucket.class, TestResources::bucket,
            HttpFaultProxy.class, TestResources::proxy,
            LockTable.class, TestResources::lockTable,
            S3Client.class, r -> r.get(S3Client.class, x -> x.bucket().newClient()),
            NeuralLake.class, TestResources::lake,
            NeuralTable.class, TestResources::table));
  }

  private NeuralLakeExtension(Map<Class<?>, Function<TestResources, ?>> perTest) {
    this.perTest = perTest;
  }

  /**
   * Adds a type of parameter, of which each test method gets one of its own; it is closed after the
   * method if it is {@link AutoCloseable}.
   *
   * @param type the declared type of the parameter
   * @param factory makes the resource from those of the test
   * @param <T> the declared type of the parameter
   * @return an extension that knows the type as well
   */
  public <T> NeuralLakeExtension with(Class<T> type, Function<TestResources, ? extends T> factory) {
    Map<Class<?>, Function<TestResources, ?>> more = new LinkedHashMap<>(perTest);
    more.put(type, resources -> resources.get(type, factory));
    return new NeuralLakeExtension(Map.copyOf(more));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return SERVERS.contains(type)
        || perTest.containsKey(type)
        || type.getName().equals(DynamoDbClients.TYPE);
  }

  @Override
  public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (SERVERS.contains(type)) {
      Object server =
          DynamoDbServer.class.isAssignableFrom(type)
              ? servers(parameter, context).dynamoDb()
              : servers(parameter, context).s3();
      if (!type.isInstance(server)) {
        throw new ParameterResolutionException(
            parameter.getDeclaringExecutable()
                + " asks for an "
                + type.getSimpleName()
                + ", but runs on "
                + servers(parameter, context)
                + "; take "
                + (server instanceof DynamoDbServer ? "DynamoDbServer" : "S3Server")
                + " in its place");
      }
      return server;
    }
    TestResources resources = resources(parameter, context);
    Function<TestResources, ?> factory = perTest.get(type);
    return factory == null ? DynamoDbClients.of(resources) : factory.apply(resources);
  }

  private static TestServers servers(ParameterContext parameter, ExtensionContext context) {
    Settings settings = Settings.of(context);
    return switch (settings.lifecycle()) {
      case SHARED -> TestServers.shared(settings.backend(), settings.image());
      case PER_CLASS -> settings.servers(settings.where());
      case PER_METHOD -> settings.servers(requireMethod(parameter, context));
    };
  }

  private static TestResources resources(ParameterContext parameter, ExtensionContext context) {
    TestServers servers = servers(parameter, requireMethod(parameter, context));
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            TestResources.class,
            key -> TestResources.open(servers, context.getRequiredTestMethod().getName()),
            TestResources.class);
  }

  private static ExtensionContext requireMethod(
      ParameterContext parameter, ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          "A "
              + parameter.getParameter().getType().getSimpleName()
              + " belongs to one test method, but "
              + parameter.getDeclaringExecutable()
              + " asks for one for the whole class; take it as a parameter of the test method or of"
              + " @BeforeEach");
    }
    return context;
  }

  /** What the nearest annotation says, and where it stands. */
  private record Settings(
      Backend backend, String image, Lifecycle lifecycle, ExtensionContext where) {
    static Settings of(ExtensionContext context) {
      for (Optional<ExtensionContext> c = Optional.of(context); c.isPresent(); ) {
        ExtensionContext where = c.get();
        Optional<NeuralLakeTest> found =
            where.getElement().flatMap(e -> findAnnotation(e, NeuralLakeTest.class));
        if (found.isPresent()) {
          NeuralLakeTest test = found.get();
          return new Settings(test.backend(), test.image(), test.lifecycle(), where);
        }
        c = where.getParent();
      }
      return new Settings(Backend.CONFIGURED, "", Lifecycle.SHARED, context);
    }

    /** Servers that JUnit closes at the end of a context. */
    TestServers servers(ExtensionContext owner) {
      return owner
          .getStore(NAMESPACE)
          .getOrComputeIfAbsent(
              TestServers.class, key -> TestServers.own(backend, image), TestServers.class);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    TestResources resources =
        context.getStore(NAMESPACE).remove(TestResources.class, TestResources.class);
    if (resources != null) {
      resources.close();
    }
  }
}
