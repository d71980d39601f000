"""Signs of Unicode that change how a text is read and are not seen themselves."""

TURNING = "\u202b\u202d\u202e\u2067"
"""They turn the direction of writing: a reader sees another text than the one that is kept."""
KEEPING = "\u061c\u200e\u200f\u202a\u202c\u2066\u2068\u2069"
"""They only keep it, and come along with what is pasted."""
