"""Handing results on: the dialog that asks what, which and where, and what follows from its answer."""

from batchdock.window.results.handing.doing import ask_to_hand_on

__all__ = ["ask_to_hand_on"]
