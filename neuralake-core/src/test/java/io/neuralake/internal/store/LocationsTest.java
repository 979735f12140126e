package io.neuralake.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationsTest {

  @ParameterizedTest
  @CsvSource({
    "/a/b, file:///a/b",
    "/a/b/, file:///a/b",
    "file:/a/b, file:///a/b",
    "file:///a b/50%.x?y#z, file:///a b/50%.x?y#z",
    "file:///a%20b, file:///a%20b",
    "FILE:///a/../b, file:///b",
    "/, file:///",
    "s3://bucket, s3://bucket",
    "s3://bucket/, s3://bucket",
    "S3A://bucket//a///b/, s3a://bucket/a/b",
    "s3://bucket/a?b#c%20 d=e+f, s3://bucket/a?b#c%20 d=e+f",
    "hdfs:///a/b, hdfs:///a/b",
    "hdfs://host:8020/a, hdfs://host:8020/a",
    "abfss://box@account.dfs.core.windows.net/a, abfss://box@account.dfs.core.windows.net/a",
  })
  void normalForm(String given, String expected) {
    assertThat(Locations.parse(given)).isEqualTo(expected);
  }

  @Test
  void relativePathsAreTakenFromTheWorkingDirectory() {
    assertThat(Locations.parse("t/x"))
        .isEqualTo("file://" + Path.of("t/x").toAbsolutePath().normalize());
  }

  @Test
  void javaUrisAreDecoded() {
    assertThat(Locations.parse(URI.create("s3://b/a%20b%3F"))).isEqualTo("s3://b/a b?");
    assertThat(Locations.parse(Path.of("/a b/%").toUri())).isEqualTo("file:///a b/%");
    assertThatThrownBy(() -> Locations.parse(URI.create("s3://b/a?x=1")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("has a query or a fragment");
    assertThatThrownBy(() -> Locations.parse(URI.create("mailto:x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("has no path");
  }

  @ParameterizedTest
  @CsvSource({
    "'', is empty",
    "' ', is empty",
    "s3:/bucket/a, lacks //",
    "s3:///a, bucket name is empty",
    "s3://bu cket/a, malformed",
    "s3://b/../c, has a segment ..",
    "s3a://b/./c, has a segment .",
    "file://host/a, names a host",
    "file://, names a host",
  })
  void refused(String given, String why) {
    assertThatThrownBy(() -> Locations.parse(given))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("Table location")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://AKIA:sEcReT@bucket/a", "s3://x@bucket/a", "hdfs://u:sEcReT@host/a"})
  void credentialsInLocationsAreRefusedWithoutBeingQuoted(String given) {
    assertThatThrownBy(() -> Locations.parse(given))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("holds credentials")
        .hasMessageNotContaining("sEcReT");
  }

  @Test
  void nulIsRefused() {
    assertThatThrownBy(() -> Locations.parse("s3://b/a\0b"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("holds a NUL");
  }

  @Test
  void parts() {
    assertThat(Locations.scheme("s3a://b/x/y")).isEqualTo("s3a");
    assertThat(Locations.authority("s3a://b/x/y")).isEqualTo("b");
    assertThat(Locations.authority("s3a://b")).isEqualTo("b");
    assertThat(Locations.path("s3a://b/x/y")).isEqualTo("/x/y");
    assertThat(Locations.path("s3a://b")).isEmpty();
    assertThat(Locations.name("s3a://b/x/y")).isEqualTo("y");
    assertThat(Locations.parent("s3a://b/x/y")).isEqualTo("s3a://b/x");
    assertThat(Locations.parent("file:///x")).isEqualTo("file:///");
    assertThat(Locations.child("file:///", "x")).isEqualTo("file:///x");
    assertThatThrownBy(() -> Locations.parent("s3://b"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("s3://b: has no parent folder. Name a file in it.");
    assertThatThrownBy(() -> Locations.relativize("s3://b/t", "s3://b/tt/x"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("s3://b/tt/x: is not below s3://b/t.");
    assertThatThrownBy(() -> Locations.scheme("plain"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'plain' is not a location");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "/a", "a/", "a//b", "..", "../a", "a/../../b", "a/..", "./a", "a\0b"})
  void pathsThatCouldLeaveTheTableAreRefused(String path) {
    assertThatThrownBy(() -> Locations.resolveInside("s3://b/t", path))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("s3://b/t: path '")
        .hasMessageContaining("is refused");
  }

  @Property
  void whatResolvesInsideStaysInside(@ForAll("paths") String path) {
    String table = "file:///base/table";
    String resolved;
    try {
      resolved = Locations.resolveInside(table, path);
    } catch (InvalidRequestException e) {
      assertThat(e).hasMessageContaining("is refused");
      return;
    }
    assertThat(Locations.relativize(table, resolved)).isEqualTo(path);
    assertThat(Locations.parse(resolved)).isEqualTo(resolved);
    assertThat(Path.of(Locations.path(resolved)).normalize().startsWith("/base/table")).isTrue();
  }

  @Property
  void normalFormIsStable(@ForAll("paths") String path) {
    String once;
    try {
      once = Locations.parse("s3://bucket/" + path);
    } catch (InvalidRequestException e) {
      assertThat(e).hasMessageStartingWith("Table location");
      return;
    }
    assertThat(Locations.parse(once)).isEqualTo(once);
    assertThat(once).doesNotEndWith("/").startsWith("s3://bucket");
    assertThat(Locations.scheme(once) + "://" + Locations.authority(once) + Locations.path(once))
        .isEqualTo(once);
  }

  @Property
  void parentAndNameUndoChild(@ForAll("names") String folder, @ForAll("names") String name) {
    String parent = "s3://bucket/" + folder;
    String child = Locations.child(parent, name);
    assertThat(Locations.parent(child)).isEqualTo(parent);
    assertThat(Locations.name(child)).isEqualTo(name);
    assertThat(Locations.relativize(parent, child)).isEqualTo(name);
  }

  @Provide
  Arbitrary<String> names() {
    return segments().filter(s -> !s.isEmpty());
  }

  @Provide
  Arbitrary<String> paths() {
    Arbitrary<String> odd = Arbitraries.of(List.of("", ".", "..", "...", " ", "%2e%2e", "a"));
    return Arbitraries.oneOf(odd, segments())
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(parts -> String.join("/", parts));
  }

  private static Arbitrary<String> segments() {
    return Arbitraries.strings()
        .withChars(" %#?+'\"=&:;~\\äß中\uD83D\uDE00ab.0")
        .ofMaxLength(8)
        .filter(LocationsTest::isWellFormed);
  }

  private static boolean isWellFormed(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }
}
