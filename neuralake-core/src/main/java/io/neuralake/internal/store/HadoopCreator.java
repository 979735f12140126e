package io.neuralake.internal.store;

import io.delta.storage.LogStore;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.storage.Hadoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Creates a file that must not exist, with one winner across processes. */
interface HadoopCreator {

  /**
   * Creates the file.
   *
   * @throws FileAlreadyExistsException if it exists
   */
  void create(FileSystem fs, Path path, byte[] content) throws IOException;

  /**
   * The creator for a location's scheme.
   *
   * @throws InvalidRequestException if none is known to be safe
   */
  static HadoopCreator of(String location, Hadoop settings, Configuration configuration) {
    String scheme = Locations.scheme(location);
    Optional<String> given =
        settings
            .logStore(scheme)
            .or(() -> Optional.ofNullable(configuration.get("delta.logStore." + scheme + ".impl")))
            .or(
                () ->
                    Optional.ofNullable(
                        configuration.get("spark.delta.logStore." + scheme + ".impl")));
    if (given.isPresent()) {
      LogStore logStore = load(location, given.get(), configuration);
      return new ThroughLogStore(location, logStore, configuration);
    }
    String className =
        switch (scheme) {
          case "s3", "s3a" -> "";
          case "hdfs", "viewfs" -> "io.delta.storage.HDFSLogStore";
          case "abfs", "abfss", "wasb", "wasbs", "adl" -> "io.delta.storage.AzureLogStore";
          case "gs" -> "io.delta.storage.GCSLogStore";
          default ->
              throw new InvalidRequestException(
                  location
                      + ": cannot commit, as no atomic create is known for scheme '"
                      + scheme
                      + "'. Name an io.delta.storage.LogStore class that has one, by"
                      + " Hadoop.logStore(\""
                      + scheme
                      + "\", className).");
        };
    return className.isEmpty()
        ? new ConditionalCreate(location)
        : new ThroughLogStore(location, load(location, className, configuration), configuration);
  }

  private static LogStore load(String location, String className, Configuration configuration) {
    // These only exclude writers of their own process.
    List<String> unsafe =
        List.of("io.delta.storage.S3SingleDriverLogStore", "io.delta.storage.LocalLogStore");
    if (unsafe.contains(className)) {
      throw new InvalidRequestException(
          location
              + ": log store "
              + className
              + " is refused, as writers in two processes would overwrite each other's commits."
              + " Use the built-in S3 storage, or a log store with an atomic create.");
    }
    try {
      return Class.forName(className)
          .asSubclass(LogStore.class)
          .getConstructor(Configuration.class)
          .newInstance(configuration);
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      throw new InvalidRequestException(
          location
              + ": log store "
              + className
              + " cannot be used. It must be on the class path, extend io.delta.storage.LogStore"
              + " and have a public constructor with a Configuration.",
          e);
    }
  }

  /** By a log store, which writes lines of text. */
  record ThroughLogStore(String location, LogStore store, Configuration configuration)
      implements HadoopCreator {

    @Override
    public void create(FileSystem fs, Path path, byte[] content) throws IOException {
      String text;
      try {
        text =
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(content))
                .toString();
      } catch (CharacterCodingException e) {
        throw new IOException(
            location + ": a log store creates text files only, and this is not UTF-8 text.", e);
      }
      String lines = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
      // Azure's refuses to create the folder, others do not mind.
      fs.mkdirs(path.getParent());
      try {
        store.write(path, Arrays.asList(lines.split("\n", -1)).iterator(), false, configuration);
      } catch (IllegalStateException e) {
        throw new IOException(location + ": could not be created (" + e.getMessage() + ").", e);
      }
    }
  }

  /** By S3A's conditional create; a connector that does not know the option refuses it. */
  record ConditionalCreate(String location) implements HadoopCreator {
    private static final String CONDITIONAL = "fs.option.create.conditional.overwrite";

    @Override
    public void create(FileSystem fs, Path path, byte[] content) throws IOException {
      try {
        FSDataOutputStreamBuilder<?, ?> builder = fs.createFile(path);
        builder.recursive();
        builder.overwrite(false);
        builder.must(CONDITIONAL, true);
        FSDataOutputStream out = builder.build();
        try {
          out.write(content);
        } catch (IOException e) {
          out.abort();
          throw e;
        }
        out.close();
      } catch (IllegalArgumentException | UnsupportedOperationException e) {
        throw new IOException(
            location
                + ": this connector has no conditional create. Use hadoop-aws 3.4.2 or newer, or"
                + " the built-in S3 storage.",
            e);
      } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
        throw exists(e);
      } catch (IOException e) {
        // Of the optional hadoop-aws: what S3A makes of status 412.
        if (e.getClass().getSimpleName().equals("RemoteFileChangedException")) {
          throw exists(e);
        }
        throw e;
      }
    }

    private static IOException exists(IOException cause) {
      var exists = new FileAlreadyExistsException(cause.getMessage());
      exists.initCause(cause);
      return exists;
    }
  }
}
