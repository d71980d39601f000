"""The loops of the roll-up: plain functions over flat arrays, one a legal method, compiled where numba is installed."""
