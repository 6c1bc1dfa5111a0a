"""Brings pictures to the view: the wanted one first, then its neighbours, so that the next one is there when asked."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence

from batchdock.core.finding import Filter
from batchdock.flows.results.opening import Opened
from batchdock.window.context import Context
from batchdock.window.results.large.layer import Layer, Sight, load_layer, load_sight

_KEPT = 4
"""Pictures: the one in hand, its neighbours, and where one came from."""

_Key = tuple[int, Filter, int]
OnSight = Callable[[int, Sight], None]
"""Is told the number of the picture, and its pixels."""


class Loader:
    """Loads for one view at a time. Newer wishes end older ones; what was ready before is shown at once."""

    def __init__(self, context: Context, on_layer: Callable[[Layer], None], on_busy: Callable[[], None]) -> None:
        """`on_layer` is told what was wanted last, `on_busy` that it has to be waited for."""
        self._context = context
        self._on_layer = on_layer
        self._on_busy = on_busy
        self._ready: OrderedDict[_Key, Layer] = OrderedDict()
        self._opened: Opened | None = None
        self._task: asyncio.Task[None] | None = None
        self._sharp_task: asyncio.Task[None] | None = None
        self._drawn_task: asyncio.Task[None] | None = None

    def look_at(self, opened: Opened | None) -> None:
        """Forget everything, and load from these results from now on."""
        self.stop()
        self._ready.clear()
        self._opened = opened

    def forget(self) -> None:
        """Load everything anew: what was missing may be there now."""
        self._ready.clear()

    def want(self, number: int, filter: Filter, edge: int, ahead: Sequence[int]) -> None:
        """Bring this picture, and then those that may be asked for next."""
        self.stop()
        if self._opened is None:
            return
        ready = self._ready.get((number, filter, edge))
        if ready is not None:
            self._on_layer(ready)
        else:
            self._on_busy()
        keys = [(each, filter, edge) for each in (number, *ahead)]
        self._task = self._context.tasks.start(self._load(self._opened, keys, ready is not None))

    def want_sharp(self, number: int, drawn: bool, on_sight: OnSight) -> None:
        """Bring all pixels of a picture. What is asked for while they are on their way is the same again."""
        if self._opened is not None and (self._sharp_task is None or self._sharp_task.done()):
            self._sharp_task = self._start(self._opened, number, None, drawn, on_sight)

    def want_sight(self, number: int, edge: int, on_sight: OnSight) -> None:
        """Bring the picture that the service has drawn."""
        if self._opened is not None and (self._drawn_task is None or self._drawn_task.done()):
            self._drawn_task = self._start(self._opened, number, edge, True, on_sight)

    def stop(self) -> None:
        """End what is on its way."""
        for task in (self._task, self._sharp_task, self._drawn_task):
            if task is not None:
                task.cancel()
        self._task = self._sharp_task = self._drawn_task = None

    async def _load(self, opened: Opened, keys: Sequence[_Key], is_shown: bool) -> None:
        for place, key in enumerate(keys):
            layer = self._ready.get(key)
            if layer is None:
                number, filter, edge = key
                run = load_layer(self._context.desk, opened, number, filter, edge)
                layer = await self._context.background.run(run)
            self._keep(key, layer)
            if place == 0 and not is_shown:
                self._on_layer(layer)

    def _start(
        self, opened: Opened, number: int, edge: int | None, drawn: bool, on_sight: OnSight
    ) -> asyncio.Task[None]:
        async def load() -> None:
            run = load_sight(self._context.desk, opened, number, edge, drawn=drawn)
            sight = await self._context.background.run(run)
            if sight is not None:
                on_sight(number, sight)

        return self._context.tasks.start(load())

    def _keep(self, key: _Key, layer: Layer) -> None:
        self._ready[key] = layer
        self._ready.move_to_end(key)
        while len(self._ready) > _KEPT:
            self._ready.popitem(last=False)
