"""The models of one's own that this process may be asked for, and the few of them that are loaded."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from batchdock.thiscomputer.engine.own.families import Family, family
from batchdock.thiscomputer.engine.own.finds import Finds, Shares, Wanted
from batchdock.thiscomputer.engine.own.form import Form, ModelUnfit, OwnModel
from batchdock.thiscomputer.engine.own.network import Network
from batchdock.thiscomputer.engine.own.sheet import Pixels

_LOADED_AT_MOST = 4

_known: dict[str, OwnModel] = {}
_loaded: OrderedDict[str, "Loaded"] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A network with the family that reads it."""

    network: Network
    form: Form
    family: Family

    def look(self, image: Pixels, wanted: Wanted) -> Finds | Shares:
        """Return what is in the picture. Raises `ModelUnfit` where the network stops at it."""
        sheet, answers = self.network.ask(image, self.form)
        return self.family.read(self.form, answers, sheet, wanted)


def make_known(models: Iterable[OwnModel]) -> None:
    """Let this process use these models from now on. An id never comes to mean something else; a place may."""
    for each in models:
        before = _known.get(each.model_id)
        if before is not None and before.path != each.path:
            _loaded.pop(each.model_id, None)
        _known[each.model_id] = each


def known_models() -> Iterable[OwnModel]:
    """Return every model that was made known."""
    return tuple(_known.values())


def known_model(model_id: str) -> OwnModel | None:
    """Return a model, or None."""
    return _known.get(model_id)


def loaded(model: OwnModel) -> Loaded:
    """Return a model ready to work; the one that was used least lately makes room. Raises `ModelUnfit`."""
    found = _loaded.get(model.model_id)
    if found is None:
        if not model.path.exists():
            raise ModelUnfit(f"The model “{model.name}” was removed from this computer. Add it again.")
        while len(_loaded) >= _LOADED_AT_MOST:
            _loaded.popitem(last=False)
        try:
            found = Loaded(Network(model.path), model.form, family(model.form.family))
        except ModelUnfit as trouble:
            raise ModelUnfit(f"The model “{model.name}” can not be used any more. {trouble}") from trouble
        _loaded[model.model_id] = found
    _loaded.move_to_end(model.model_id)
    return found
