package io.neuralake.internal.exec;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What JDK Flight Recorder keeps of an operation: begin, duration and thread come with it. */
@Name("io.neuralake.Operation")
@Label("Operation")
@Category("neuralake")
@Description("An operation on a Delta table")
@StackTrace(false)
final class OperationEvent extends Event {
  @Label("Operation")
  String operation = "";

  @Label("Table")
  String table = "";

  @Label("Version")
  @Description("The version that it has written; -1 if none")
  long version = -1;

  @Label("Failure")
  @Description("The class of what it failed with; empty if it went well")
  String failure = "";
}
