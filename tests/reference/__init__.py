"""A second calculator, slow and obvious, in exact fractions: written from the law, sharing no line with the engine."""
