package io.neuralake.internal.plan;

import io.neuralake.internal.exec.BoundedTasks;
import io.neuralake.internal.log.KeptFiles;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.log.LogPaths;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.txn.TableContext;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lists a table's folder and tells which files no version needs. A folder of many files is listed
 * in parts at the same time, a bounded number of files in each turn. Used once; not thread-safe.
 */
final class VacuumListing {

  private static final int PARTS = 8;

  /** With fewer, more requests would be lost than time won. */
  private static final int FILES_OF_A_PART = 5_000;

  private static final int FILES_OF_A_TURN = 5_000;

  private final TableContext table;
  private final VacuumScope scope;
  private final KeptFiles kept;
  private final long beforeMillis;
  private long listed;
  private long firstRecent = Long.MAX_VALUE;

  /** A part of the listing, read by one task at a time. */
  private static final class Part {
    private final Iterator<FileInfo> files;
    private boolean done;

    Part(Iterator<FileInfo> files) {
      this.files = files;
    }
  }

  /** What a turn has found. */
  private record Turn(int listed, long firstRecent, ArrayList<Doomed> doomed)
      implements Serializable {}

  /**
   * A listing; no I/O yet.
   *
   * @param kept what is needed; does not change while it is read
   * @param beforeMillis only files whose time is before it are doomed
   */
  VacuumListing(TableContext table, VacuumScope scope, KeptFiles kept, long beforeMillis) {
    this.table = table;
    this.scope = scope;
    this.kept = kept;
    this.beforeMillis = beforeMillis;
  }

  /** Files listed so far, without those of the log. */
  long listed() {
    return listed;
  }

  /** The first commit file that was found that is not old enough; the largest number if none. */
  long firstRecentCommit() {
    return firstRecent;
  }

  /** Lists, and hands on what it finds, in the caller's thread. */
  void run(Consumer<Doomed> found) throws InterruptedException {
    List<Part> parts = new ArrayList<>();
    try {
      int wanted = Math.max(1, Math.min(PARTS, kept.size() / FILES_OF_A_PART));
      for (Iterator<FileInfo> files :
          table.log().store().listAll(table.table(), kept.cuts(wanted))) {
        parts.add(new Part(files));
      }
    } catch (IOException e) {
      throw failed(e);
    }
    BoundedTasks tasks = new BoundedTasks(table.runtime().workers(), PARTS);
    while (!parts.isEmpty()) {
      List<FileTask<Turn>> turns = new ArrayList<>();
      parts.forEach(part -> turns.add(host -> turn(part)));
      List<Turn> done = new ArrayList<>();
      tasks.run(turns, TaskHost.of(table), done::add);
      done.forEach(turn -> take(turn, found)); // nobody reads what is kept meanwhile
      parts.removeIf(part -> part.done);
    }
  }

  private void take(Turn turn, Consumer<Doomed> found) {
    listed += turn.listed();
    firstRecent = Math.min(firstRecent, turn.firstRecent());
    turn.doomed().forEach(found);
  }

  private Turn turn(Part part) {
    ArrayList<Doomed> doomed = new ArrayList<>();
    long recent = Long.MAX_VALUE;
    int own = 0;
    try {
      for (int i = 0; i < FILES_OF_A_TURN; i++) {
        if (!part.files.hasNext()) {
          part.done = true;
          break;
        }
        FileInfo file = part.files.next();
        String path = scope.path(file);
        boolean old = file.modifiedMillis() < beforeMillis;
        if (path.startsWith(LogPaths.LOG_FOLDER + "/")) {
          long version = LogPaths.commitVersion(file.location());
          recent = old || version < 0 ? recent : Math.min(recent, version);
        } else {
          own++;
        }
        VacuumScope.Kind kind = scope.kind(path, file);
        if (old && kind != null && !kept.contains(path)) {
          doomed.add(new Doomed(path, file.size(), file.modifiedMillis(), kind));
        }
      }
      return new Turn(own, recent, doomed);
    } catch (UncheckedIOException e) {
      throw failed(e);
    }
  }

  private RuntimeException failed(Exception e) {
    return KernelErrors.translate(table.table(), "listing its files", e);
  }
}
