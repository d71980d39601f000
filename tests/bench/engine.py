"""The engine for the roll-up benchmark: ``../shared/perf/run.sh roll --engine tests.bench.engine:Engine``."""

import numpy as np

from tracing.engine.fleet import build, prove
from tracing.engine.loops.content import roll


class Engine:
    """What the benchmark times: cold is the constructor with one ``run``, warm is ``run`` alone."""

    def __init__(self, ctx):
        self.fleet = build(ctx.parent, ctx.child, ctx.w, ctx.vehicles, ctx.N)
        self.own = ctx.own[self.fleet.ids]
        prove(self.fleet, self.own)
        self.values = np.empty_like(self.own)

    def run(self):
        """int64 [V, 2]: net cost and non-originating value of every vehicle, in micro-USD."""
        return roll(self.fleet, self.own, self.values)[self.fleet.goods]
