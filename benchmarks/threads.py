"""How much faster conv2d is with two threads than with one, and with all, and when helpers begin.

One process for each number of threads; they take turns, layer by layer. A turn is a block of calls
after a pause, in which helpers fall asleep (*paused*), or after calls that are not counted (*row*).
What other programs take of the processors is measured beside it, and a round in which they took
more than a tenth is thrown away and repeated, as long as there is patience. How many times as fast
is the median over the rounds of the ratio within a round, because a virtual machine's speed varies.

At the end: pieces that note when and on which processor they begin. A call counts as helped in time
if another processor began a piece of it within 0.1 ms.

With --neighbours, as many other processes keep a processor busy each; with --bind, the processes
are bound to one processor once their helpers are there. Two threads should then be no slower.

    python benchmarks/threads.py [--runs 3] [--rounds 5] [--block 10] [--pause 0.03] [--only TEXT]
        [--neighbours 1] [--bind] [--save]
"""

import argparse
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

from layers import Layer

RESULTS = pathlib.Path(__file__).with_name("threads.csv")
LAYERS = [
    (Layer("1x1 32-64 @28", 32, 64, 28, 1), "auto"),
    (Layer("3x3 dw 512 @14", 512, 512, 14, 3, 1, 1, 1, 512), "auto"),
    (Layer("3x3 32-32 @28", 32, 32, 28, 3, 1, 1), "auto"),
    (Layer("3x3 dw 64 @112", 64, 64, 112, 3, 1, 1, 1, 64), "auto"),
    (Layer("3x3 s2 3-32 @224", 3, 32, 224, 3, 2, 1), "auto"),
    (Layer("3x3 g32 256-256 @28", 256, 256, 28, 3, 1, 1, 1, 32), "auto"),
    (Layer("3x3 64-64 @28", 64, 64, 28, 3, 1, 1), "auto"),
    (Layer("1x1 64-256 @56", 64, 256, 56, 1), "auto"),
    (Layer("1x1 512-2048 @7", 512, 2048, 7, 1), "auto"),
    (Layer("3x3 64-64 @56", 64, 64, 56, 3, 1, 1), "auto"),
    (Layer("3x3 64-64 @56", 64, 64, 56, 3, 1, 1), "winograd"),
    (Layer("7x7 s2 3-64 @224", 3, 64, 224, 7, 2, 3), "auto"),
    (Layer("3x3 512-512 @7", 512, 512, 7, 3, 1, 1), "auto"),
    (Layer("3x3 256-256 @28", 256, 256, 28, 3, 1, 1), "auto"),
    (Layer("3x3 256-256 @56", 256, 256, 56, 3, 1, 1), "auto"),
    (Layer("3x3 512-512 @40", 512, 512, 40, 3, 1, 1), "auto"),
]
MODES = "paused", "row"
# More than this share of the processors' time for others makes a round worthless.
DISTURBED = 0.1
# Calls that are not counted before those in a row, and seconds that they take at least.
WARM_CALLS, WARM_SECONDS = 3, 0.01
# A helper begins in time within so many nanoseconds.
IN_TIME = 100_000


def main():
    """Print the tables; with --save, write the first to threads.csv."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="times that everything is measured")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each number of threads")
    parser.add_argument("--block", type=int, default=10, help="calls counted in a turn")
    parser.add_argument("--pause", type=float, default=0.03, help="seconds before a paused turn")
    parser.add_argument("--only", default="", help="only layers whose name contains this")
    parser.add_argument("--neighbours", type=int, default=0, help="processes that are busy")
    parser.add_argument("--bind", action="store_true", help="bind them to one processor")
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    counts = sorted({1, 2, len(os.sched_getaffinity(0))})
    workers = {count: Worker(count, options.bind) for count in counts}
    busy_loop = [sys.executable, "-c", "while True: pass"]
    neighbours = [subprocess.Popen(busy_loop) for _ in range(options.neighbours)]
    try:
        measure(workers, options)
    finally:
        for process in neighbours:
            process.kill()


def measure(workers, options):
    """Print the tables, and save the first if asked to."""
    counts = list(workers)
    print(f"{processor()}, {counts[-1]} processors, {options.neighbours} neighbours", end="")
    print(", bound to one processor" if options.bind else "")
    rows = []
    for run in range(1, options.runs + 1):
        print(f"run {run}\n{'layer':22}{'algorithm':10}{'mode':8}", end="")
        print("".join(f"{f'{count}, ms':>10}" for count in counts), "  times as fast, others")
        for (layer, algorithm), mode in ((case, mode) for case in LAYERS for mode in MODES):
            if options.only in layer.name:
                rows.append({"run": run, **measured(workers, layer, algorithm, mode, options)})
                print(line(rows[-1], counts), flush=True)
    print(
        "calls that another processor began to help within 0.1 ms, of those that take so many ms:"
    )
    for mode in MODES:
        shares = workers[2].ask(kind="begin", mode=mode, pause=options.pause)
        print(f"{mode:8}", ", ".join(f"{ms:.2f} ms: {100 * share:.0f} %" for ms, share in shares))
    if options.save:
        save(rows)


def measured(workers, layer, algorithm, mode, options):
    """Return a row: median times and quartiles for each number of threads."""
    turn = {"kind": "turn", "layer": layer, "algorithm": algorithm, "mode": mode}
    turn.update(block=options.block, pause=options.pause)
    times = {count: [] for count in workers}
    ratios = {count: [] for count in workers}
    kept, shares = 0, []
    for attempt in range(4 * options.rounds):
        before = busy(), time.perf_counter()
        answers = {count: worker.ask(**turn) for count, worker in workers.items()}
        own = sum(answer["processor_time"] for answer in answers.values())
        whole = (time.perf_counter() - before[1]) * os.cpu_count()
        share = max(busy() - before[0] - own, 0) / whole
        patience = 4 * options.rounds - attempt > options.rounds - kept
        if share > DISTURBED and patience and not options.neighbours:
            continue
        shares.append(share)
        alone = statistics.median(answers[1]["times"])
        for count, answer in answers.items():
            times[count] += answer["times"]
            ratios[count].append(alone / statistics.median(answer["times"]))
        kept += 1
        if kept == options.rounds:
            break
    row = {"processor": processor(), "layer": layer.name, "algorithm": algorithm, "mode": mode}
    for count, taken in times.items():
        low, middle, high = statistics.quantiles(taken, n=4)
        for name, seconds in (("ms", middle), ("low", low), ("high", high)):
            row[f"{count}_threads_{name}"] = 1e3 * seconds
        if count > 1:
            row[f"{count}_threads_times_as_fast"] = statistics.median(ratios[count])
    row["others"] = max(shares)
    return row


def line(row, counts):
    """Return a row as a line of the table."""
    medians = [row[f"{count}_threads_ms"] for count in counts]
    ratios = "".join(f"{row[f'{count}_threads_times_as_fast']:6.2f}" for count in counts[1:])
    times = "".join(f"{median:10.3f}" for median in medians)
    words = f"{row['layer']:22}{row['algorithm']:10}{row['mode']:8}"
    return f"{words}{times}  {ratios}  {100 * row['others']:3.0f} %"


def busy():
    """Return the seconds for which all processors together have been busy."""
    numbers = pathlib.Path("/proc/stat").read_text().split(maxsplit=11)[1:11]
    user, nice, system, _idle, _waiting, *rest = map(int, numbers)
    return (user + nice + system + sum(rest[:3])) / os.sysconf("SC_CLK_TCK")


def processor():
    """Return the processor's name, as the system tells it."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))


def save(rows):
    """Write the table as CSV."""
    with open(RESULTS, "w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(
            {k: f"{v:.4g}" if isinstance(v, float) else v for k, v in row.items()} for row in rows
        )


class Worker:
    """A process with a number of threads, which answers questions one after the other."""

    def __init__(self, threads, bind):
        self.process = subprocess.Popen(
            [sys.executable, __file__, "bound" if bind else "free"],
            env={**os.environ, "NUMBA_NUM_THREADS": str(threads)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **question):
        """Return the answer to a question, when the process has it."""
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


def work(bind):
    """Answer the questions of the process that started this one."""
    if bind:
        layer_call(Layer("", 64, 64, 56, 3), "auto")
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    answers = {"turn": timed_turn, "begin": beginnings}
    for question in map(json.loads, sys.stdin):
        print(json.dumps(answers[question.pop("kind")](**question)), flush=True)


_calls = {}


def timed_turn(layer, algorithm, mode, block, pause):
    """Return the seconds of each call of a turn, and the processor's time that all of it took."""
    call = _calls.setdefault((*layer, algorithm), None) or layer_call(Layer(*layer), algorithm)
    _calls[(*layer, algorithm)] = call
    start = time.process_time()
    warm_up(call, mode, pause)
    times = []
    for _ in range(block):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return {"times": times, "processor_time": time.process_time() - start}


def warm_up(call, mode, pause):
    """Do what precedes the calls that count."""
    if mode == "paused":
        time.sleep(pause)
        call()
        return
    calls, end = 0, time.perf_counter() + WARM_SECONDS
    while calls < WARM_CALLS or time.perf_counter() < end:
        call()
        calls += 1


def layer_call(layer, algorithm):
    """Return a function that computes a layer, after a first call."""
    import convlib

    arrays = layer.arrays()

    def call():
        convlib.conv2d(*arrays, *layer.settings, algorithm=algorithm)

    call()
    return call


def beginnings(mode, pause, calls=200):
    """Return pairs: milliseconds of a call, and the share of calls that were helped in time."""
    import numpy as np
    from numba import njit

    from convlib.fast import system, threads

    @njit(nogil=True)
    def entry(job, start, *arguments):
        start[0] = system.nanoseconds(threads.native.words_at(start.ctypes.data))
        start[1] = system.processor()
        threads.share(job, *threads.handed(pieces, arguments))

    @njit(nogil=True)
    def pieces(turn, begun, where, sums, rounds):
        clock = np.zeros(2, np.int64)
        i = threads.next_piece(turn)
        while i < len(begun):
            begun[i] = system.nanoseconds(threads.native.words_at(clock.ctypes.data))
            where[i] = system.processor()
            for k in range(rounds):
                sums[i] += sums[i] * 0.5 + k
            i = threads.next_piece(turn)

    start, begun, where = np.zeros(2, np.int64), np.zeros(16, np.int64), np.zeros(16, np.int64)
    found = []
    for rounds in (2_000, 10_000, 50_000):
        call = lambda rounds=rounds: threads.run(  # noqa: E731
            entry, 16, 0, True, start, begun, where, np.zeros(16), rounds
        )
        call()
        helped, times = 0, []
        while len(times) < calls:
            warm_up(call, mode, pause)
            for _ in range(10):
                begin = time.perf_counter()
                call()
                times.append(time.perf_counter() - begin)
                helped += bool(((where != start[1]) & (begun - start[0] < IN_TIME)).any())
        found.append((1e3 * statistics.median(times), helped / len(times)))
    return found


if __name__ == "__main__":
    if sys.argv[1:] in (["bound"], ["free"]):
        work(sys.argv[1] == "bound")
    else:
        main()
