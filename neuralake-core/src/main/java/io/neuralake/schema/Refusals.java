package io.neuralake.schema;

import io.neuralake.error.InvalidRequestException;

/** Paths of columns, and the error for a type that has no counterpart. */
final class Refusals {

  private Refusals() {}

  static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  static InvalidRequestException refuse(String path, String problem, String remedy) {
    String where = path.isEmpty() ? "schema" : "column '" + path + "'";
    return new InvalidRequestException(where + ": " + problem + "; " + remedy);
  }
}
