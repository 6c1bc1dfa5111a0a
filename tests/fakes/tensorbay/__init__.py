"""TensorBay, as far as its API tells: state, an object store and switches. `with TensorBay() as bay: …`"""

from fakes.tensorbay.bay import TensorBay

__all__ = ["TensorBay"]
