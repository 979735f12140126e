package io.neuralake.testkit.process;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * The class path of this JVM, written out so that another JVM can be started on it.
 *
 * <p>Build tools often start a JVM on one jar that holds nothing but a {@code Class-Path} in its
 * manifest, and delete that jar when the JVM ends. So the entries named by manifests are listed
 * themselves (JAR File Specification, "Class-Path attribute"), and a jar of nothing but a manifest
 * is left out.
 */
final class ClassPath {
  private ClassPath() {}

  /**
   * Returns the existing entries of {@code java.class.path} and all that their manifests name, as
   * one string for {@code java -cp}.
   */
  static String current() {
    return String.join(File.pathSeparator, expand(System.getProperty("java.class.path", "")));
  }

  /** Returns the folder or jar that a class comes from. */
  static String of(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type + " comes from no file", e);
    }
  }

  /** Returns the existing entries of the class path given and all that their manifests name. */
  static List<String> expand(String classPath) {
    Set<Path> seen = new LinkedHashSet<>();
    Set<Path> kept = new LinkedHashSet<>();
    Deque<Path> open = new ArrayDeque<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      open.add(Path.of(entry).toAbsolutePath().normalize());
    }
    while (!open.isEmpty()) {
      Path entry = open.removeFirst();
      if (!seen.add(entry) || !Files.exists(entry)) {
        continue;
      }
      if (!Files.isRegularFile(entry)) {
        kept.add(entry);
        continue;
      }
      List<Path> named = new ArrayList<>();
      if (readJar(entry, named)) {
        kept.add(entry);
      }
      // A manifest's entries come right after the jar that names them.
      for (int i = named.size() - 1; i >= 0; i--) {
        open.addFirst(named.get(i));
      }
    }
    return kept.stream().map(Path::toString).toList();
  }

  /** Adds what the jar's manifest names, and says whether the jar holds anything of its own. */
  private static boolean readJar(Path jar, List<Path> named) {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String names =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      if (names == null || names.isBlank()) {
        return true;
      }
      for (String name : names.trim().split("\\s+", -1)) {
        URI resolved = jar.toUri().resolve(new URI(name));
        if ("file".equals(resolved.getScheme())) {
          named.add(Path.of(resolved).normalize());
        }
      }
      return file.stream().anyMatch(e -> e.getName().endsWith(".class"));
    } catch (IOException | URISyntaxException | IllegalArgumentException e) {
      // What the JVM skips when it reads its class path is skipped here as well.
      return true;
    }
  }
}
