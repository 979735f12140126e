package io.neuralake.testkit.junit;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.EmbeddedDynamoDb;
import io.neuralake.testkit.fixture.EmbeddedS3;
import io.neuralake.testkit.fixture.S3Bucket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands resources on the embedded S3 server to JUnit Jupiter tests.
 *
 * <p>Parameters of these types are resolved in test, {@code @BeforeEach} and {@code @AfterEach}
 * methods:
 *
 * <ul>
 *   <li>{@link EmbeddedS3}: the server, one per JVM; also in constructors and {@code @BeforeAll}
 *   <li>{@link EmbeddedDynamoDb}: DynamoDB Local, one per JVM; also in constructors and
 *       {@code @BeforeAll}
 *   <li>{@link S3Bucket}: a bucket of the test method's own, emptied and deleted after it
 *   <li>{@link HttpFaultProxy}: a proxy of the test method's own in front of the server
 *   <li>{@link NeuralLake}: a lake of the test method's own on the server, closed after it
 *   <li>{@link NeuralTable}: a handle on a table in the bucket, not created yet, of that lake
 *   <li>{@link TestResources}: all of them
 *   <li>every type added by {@link #with(Class, Function)}
 * </ul>
 *
 * <p>Usually applied by {@link NeuralLakeTest}; to add types of one's own, register it:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final NeuralLakeExtension LAKE =
 *     new NeuralLakeExtension().with(S3Client.class, r -> r.bucket().newClient());
 * }</pre>
 *
 * <p>Immutable and thread-safe; tests may run in parallel.
 */
public final class NeuralLakeExtension implements ParameterResolver, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(NeuralLakeExtension.class);

  private final Map<Class<?>, Function<TestResources, ?>> perTest;

  /** Makes the extension with the types listed above. */
  public NeuralLakeExtension() {
    this(
        Map.of(
            TestResources.class, resources -> resources,
            S3Bucket.class, TestResources::bucket,
            HttpFaultProxy.class, TestResources::proxy,
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
    return type == EmbeddedS3.class || type == EmbeddedDynamoDb.class || perTest.containsKey(type);
  }

  @Override
  public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    Function<TestResources, ?> factory = perTest.get(type);
    if (factory == null) {
      return type == EmbeddedS3.class ? EmbeddedS3.shared() : EmbeddedDynamoDb.shared();
    }
    if (context.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          "A "
              + type.getSimpleName()
              + " belongs to one test method, but "
              + parameter.getDeclaringExecutable()
              + " asks for one for the whole class; take it as a parameter of the test method or of"
              + " @BeforeEach");
    }
    return factory.apply(
        context
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(
                TestResources.class,
                key -> TestResources.open(context.getRequiredTestMethod().getName()),
                TestResources.class));
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
