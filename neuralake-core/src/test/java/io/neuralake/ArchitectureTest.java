package io.neuralake;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** The house of ARCHITECTURE.md: what each package may use, checked on the compiled classes. */
@AnalyzeClasses(packages = "io.neuralake", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String ROOT = "io.neuralake";

  /** Floor of each package; its subpackages live on the same floor unless they are named here. */
  private static final Map<String, Integer> FLOORS =
      Map.ofEntries(
          Map.entry("io.neuralake.error", 0),
          Map.entry("io.neuralake.exec", 1),
          Map.entry("io.neuralake.internal.bean", 1),
          Map.entry("io.neuralake.expr", 1),
          Map.entry("io.neuralake.lock", 1),
          Map.entry("io.neuralake.schema", 1),
          Map.entry("io.neuralake.storage", 1),
          Map.entry("io.neuralake.internal.exec", 2),
          Map.entry("io.neuralake.internal.meta", 2),
          Map.entry("io.neuralake.internal.store", 2),
          Map.entry("io.neuralake.logstore", 3),
          Map.entry("io.neuralake.internal.columnar", 3),
          Map.entry("io.neuralake.internal.eval", 3),
          Map.entry("io.neuralake.internal.order", 3),
          Map.entry("io.neuralake.internal.row", 3),
          Map.entry("io.neuralake.internal.log", 4),
          Map.entry("io.neuralake.internal.txn", 5),
          Map.entry("io.neuralake.internal.plan", 6),
          Map.entry("io.neuralake.maintain", 7),
          Map.entry("io.neuralake.read", 7),
          Map.entry("io.neuralake.write", 7),
          Map.entry(ROOT, 8),
          Map.entry("io.neuralake.ingest", 9));

  private static final String[] PUBLIC_VOCABULARY = {
    "",
    "java..",
    "io.neuralake..",
    "org.apache.arrow..",
    "org.apache.avro..",
    "io.micrometer.core.instrument",
    "io.delta.kernel.types.."
  };

  private static final Set<Class<?>> SOURCES_OF_RANDOMNESS =
      Set.of(
          java.util.Random.class,
          java.util.SplittableRandom.class,
          java.security.SecureRandom.class,
          java.util.concurrent.ThreadLocalRandom.class);

  @ArchTest
  static final ArchRule everyPackageHasAFloor =
      rule(
          classes()
              .should(
                  condition(
                      "live in a package that ArchitectureTest.FLOORS knows",
                      (type, failures) -> {
                        if (floorOf(type.getPackageName()).isEmpty()) {
                          failures.add(type, type.getName() + " is in an unknown package");
                        }
                      })));

  @ArchTest
  static final ArchRule nothingPointsUp =
      rule(
          classes()
              .should(
                  condition(
                      "use only their own floor and those below",
                      (type, failures) -> {
                        for (Dependency use : type.getDirectDependenciesFromSelf()) {
                          if (pointsUp(use)) {
                            failures.add(type, use.getDescription());
                          }
                        }
                      })));

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      rule(slices().matching("io.neuralake.(**)").should().beFreeOfCycles());

  @ArchTest
  static final ArchRule onlyTheLogTouchesKernelInternals =
      rule(
          noClasses()
              .that(resideOutsideOfPackages("io.neuralake.internal.log.."))
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(
                  "io.delta.kernel.internal..", "io.delta.kernel.defaults.internal.."));

  @ArchTest
  static final ArchRule hadoopStaysWhereFilesAreRead =
      rule(
          noClasses()
              .that(
                  resideOutsideOfPackages(
                      "io.neuralake.logstore..", // Hadoop's types are what a log store is given
                      "io.neuralake.internal.store..",
                      "io.neuralake.internal.columnar..",
                      "io.neuralake.internal.log.."))
              .should()
              .dependOnClassesThat()
              .resideInAPackage("org.apache.hadoop.."));

  @ArchTest
  static final ArchRule awsSdkStaysInTheStore =
      rule(
          noClasses()
              .that(resideOutsideOfPackages("io.neuralake.internal.store.."))
              .should()
              .dependOnClassesThat()
              .resideInAPackage("software.amazon.."));

  @ArchTest
  static final ArchRule timeAndChanceComeFromNeuralLake =
      rule(
          noClasses()
              .that(DescribedPredicate.not(isNeuralLake()))
              .should()
              .accessTargetWhere(readsAClockOrRollsDice()));

  @ArchTest
  static final ArchRule nothingIsPrinted = rule(NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS);

  @ArchTest
  static final ArchRule loggingIsSlf4j =
      rule(
          noClasses()
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(
                  "java.util.logging..", "org.apache.commons.logging..", "ch.qos.logback.."));

  @ArchTest
  static final ArchRule publicSignaturesUsePublicWords =
      rule(
          classes()
              .that(resideOutsideOfPackages("io.neuralake.internal..", "io.neuralake.logstore.."))
              .and()
              .arePublic()
              .should(
                  condition(
                      "show only JDK, neuralake, Arrow, Avro and Kernel's types to their users",
                      ArchitectureTest::checkVocabulary)));

  private static ArchRule rule(ArchRule rule) {
    return rule.allowEmptyShould(true);
  }

  private static OptionalInt floorOf(String packageName) {
    String name = packageName;
    while (!name.equals(ROOT) || packageName.equals(ROOT)) {
      Integer floor = FLOORS.get(name);
      if (floor != null) {
        return OptionalInt.of(floor);
      }
      int dot = name.lastIndexOf('.');
      if (dot < 0) {
        break;
      }
      name = name.substring(0, dot);
    }
    return OptionalInt.empty();
  }

  private static boolean pointsUp(Dependency use) {
    OptionalInt from = floorOf(use.getOriginClass().getPackageName());
    OptionalInt to = floorOf(use.getTargetClass().getBaseComponentType().getPackageName());
    return from.isPresent() && to.isPresent() && to.getAsInt() > from.getAsInt();
  }

  private static DescribedPredicate<JavaClass> isNeuralLake() {
    return DescribedPredicate.describe(
        "are NeuralLake",
        type ->
            type.getName().equals("io.neuralake.NeuralLake")
                || type.getName().startsWith("io.neuralake.NeuralLake$"));
  }

  private static DescribedPredicate<JavaAccess<?>> readsAClockOrRollsDice() {
    return DescribedPredicate.describe(
        "the system's clock or a source of randomness is asked",
        access -> {
          AccessTarget target = access.getTarget();
          JavaClass owner = target.getOwner();
          String name = target.getName();
          if (owner.isEquivalentTo(System.class)) {
            return name.equals("currentTimeMillis") || name.equals("nanoTime");
          }
          if (owner.isEquivalentTo(java.time.Clock.class)) {
            return name.startsWith("system") || name.startsWith("tick");
          }
          if (resideInAPackage("java.time..").test(owner) && name.equals("now")) {
            return takesNoClock(target);
          }
          if (owner.isEquivalentTo(RandomGenerator.class)) {
            return name.equals("getDefault") || name.equals("of");
          }
          return SOURCES_OF_RANDOMNESS.stream().anyMatch(owner::isEquivalentTo)
              || (owner.isEquivalentTo(Math.class) && name.equals("random"))
              || (owner.isEquivalentTo(java.util.UUID.class) && name.equals("randomUUID"))
              || (owner.isEquivalentTo(java.util.Date.class) && name.equals("<init>"));
        });
  }

  private static boolean takesNoClock(AccessTarget target) {
    return target instanceof AccessTarget.CodeUnitAccessTarget method
        && method.getRawParameterTypes().stream().noneMatch(equivalentTo(java.time.Clock.class));
  }

  /**
   * Internal types may only show in constructors, through which the front door hands its parts on.
   */
  private static void checkVocabulary(JavaClass type, Failures failures) {
    for (JavaClass parent : type.getRawInterfaces()) {
      checkWord(type, type.getName() + " implements", parent, failures);
    }
    type.getRawSuperclass()
        .ifPresent(parent -> checkWord(type, type.getName() + " extends", parent, failures));
    for (JavaMember member : type.getMembers()) {
      if (isVisible(member)) {
        exposed(member)
            .forEach(word -> checkWord(type, member.getDescription() + " shows", word, failures));
        if (!(member instanceof JavaConstructor)) {
          exposed(member)
              .filter(resideInAPackage("io.neuralake.internal.."))
              .forEach(
                  word -> failures.add(type, member.getDescription() + " shows " + word.getName()));
        }
      }
    }
  }

  private static boolean isVisible(JavaMember member) {
    Set<JavaModifier> modifiers = member.getModifiers();
    return !modifiers.contains(JavaModifier.SYNTHETIC)
        && (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED));
  }

  private static Stream<JavaClass> exposed(JavaMember member) {
    return member.getAllInvolvedRawTypes().stream().map(JavaClass::getBaseComponentType);
  }

  private static void checkWord(JavaClass type, String where, JavaClass word, Failures failures) {
    if (resideOutsideOfPackages(PUBLIC_VOCABULARY).test(word)) {
      failures.add(type, where + " " + word.getName());
    }
  }

  private static ArchCondition<JavaClass> condition(String description, Check check) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        check.accept(
            type,
            (subject, message) -> events.add(SimpleConditionEvent.violated(subject, message)));
      }
    };
  }

  private interface Check {
    void accept(JavaClass type, Failures failures);
  }

  private interface Failures {
    void add(JavaClass type, String message);
  }
}
