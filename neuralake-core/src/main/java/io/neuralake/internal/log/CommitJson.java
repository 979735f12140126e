package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes the bytes of a commit file: one JSON object a line, the commit's provenance first. */
public final class CommitJson {

  /** Strict, so that of a damaged line no part is taken for the whole. */
  static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private CommitJson() {}

  /** The bytes of {@code N.json}. */
  public static byte[] bytes(CommitInfo info, List<Action> actions) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024 + actions.size() * 512);
    try (JsonGenerator generator = MAPPER.getFactory().createGenerator(out)) {
      generator.setRootValueSeparator(null);
      line(generator, "commitInfo", info.toJson());
      for (Action action : actions) {
        line(generator, action.key(), action.body());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return out.toByteArray();
  }

  private static void line(JsonGenerator generator, String key, ObjectNode body)
      throws IOException {
    generator.writeStartObject();
    generator.writeFieldName(key);
    MAPPER.writeTree(generator, body);
    generator.writeEndObject();
    generator.writeRaw('\n');
  }
}
