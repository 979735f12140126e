package io.neuralake.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathTest {
  @TempDir Path folder;

  @Test
  void manifestOnlyJarIsReplacedByWhatItNames() throws IOException {
    Path classes = Files.createDirectory(folder.resolve("a folder"));
    Path library = jar("library.jar", "", "x/Y.class");
    Path booter = jar("booter.jar", "library.jar " + classes.toUri() + " missing.jar");

    assertThat(ClassPath.expand(booter.toString()))
        .containsExactly(library.toString(), classes.toString());
  }

  @Test
  void jarWithClassesStaysBeforeWhatItNames() throws IOException {
    Path library = jar("library.jar", "main.jar", "x/Y.class");
    Path main = jar("main.jar", "library.jar", "x/Main.class");

    assertThat(ClassPath.expand(main + File.pathSeparator + folder.resolve("none")))
        .containsExactly(main.toString(), library.toString());
  }

  private Path jar(String name, String classPath, String... entries) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    Path file = folder.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
      for (String entry : entries) {
        out.putNextEntry(new JarEntry(entry));
        out.closeEntry();
      }
    }
    return file;
  }
}
