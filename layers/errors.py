"""Define the error of the ground."""

from __future__ import annotations


class LayerError(Exception):
    """A layer that breaks its contract; the message names the layer, each fault and what is accepted."""
