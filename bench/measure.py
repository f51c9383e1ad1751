"""Clock, query counter and statistics. Compared cases run turn by turn, so that a busy
moment of the machine hits all of it."""

import gc
import statistics
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


def processor_time(pid):
    """Seconds a process has spent on the processor, 0 where the system does not tell."""
    with suppress(OSError, ValueError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return 0.0


@dataclass
class Samples:
    """Runs of one thing in one database: seconds by the clock, of processors, and queries."""

    wall: list = field(default_factory=list)
    processor: list = field(default_factory=list)
    queries: list = field(default_factory=list)

    @property
    def seconds(self):
        return statistics.median(self.wall)

    @property
    def count(self):
        return statistics.median_low(self.queries)

    def grouped(self, size):
        """Samples of the whole, where each of these is one of its `size` parts in turn."""
        lists = (self.wall, self.processor, self.queries)
        return Samples(
            *([sum(v[i : i + size]) for i in range(0, len(v) - size + 1, size)] for v in lists)
        )


@contextmanager
def sample(samples, env):
    """Time the work done inside on behalf of `env`, until all of it is with PostgreSQL.

    Processor time is this process' and its database backend's: waiting for others who
    use the machine is not in it.
    """
    cr = env.cr
    cr.execute("SELECT pg_backend_pid()")
    (backend,) = cr.fetchone()
    gc.collect()
    gc.disable()
    try:
        queries, processor = cr.sql_log_count, processor_time(backend) + time.process_time()
        start = time.perf_counter()
        yield
        cr.flush()
        samples.wall.append(time.perf_counter() - start)
        samples.processor.append(processor_time(backend) + time.process_time() - processor)
        samples.queries.append(cr.sql_log_count - queries)
    finally:
        gc.enable()


def interleave(runs, things):
    """Run every thing `runs` times, turn by turn, forth and back; the first turn only warms up.

    :param things: {name: function(samples, number of the turn)}
    :return: {name: Samples}
    """
    result = {name: Samples() for name in things}
    for turn in range(runs + 1):
        order = list(things) if turn % 2 else list(reversed(things))
        for name in order:
            things[name](result[name] if turn else Samples(), turn)
    return result


def ratio(ours, other, clock="wall"):
    """Median over the turns of ours / other: neighbours in time are compared."""
    pairs = zip(getattr(ours, clock), getattr(other, clock), strict=True)
    return statistics.median(a / b for a, b in pairs)
