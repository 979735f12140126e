package io.neuralake;

import io.neuralake.exec.TaskExecutor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends every task and every result through bytes, as the executors of a cluster do. */
final class SerializingTasks implements TaskExecutor {

  /** Runs tasks elsewhere; null to run them where they come from. */
  private final @Nullable Worker elsewhere;

  private int runs;

  SerializingTasks(@Nullable Worker elsewhere) {
    this.elsewhere = elsewhere;
  }

  /** Tasks that were run. */
  int runs() {
    return runs;
  }

  @Override
  public <R extends Serializable> void run(
      List<? extends Task<R>> tasks, Worker here, Consumer<? super R> done) {
    for (Task<R> task : tasks) {
      runs++;
      done.accept(copy((elsewhere == null ? here : elsewhere).run(copy(task))));
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Serializable> T copy(T value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
