"""Signs of Unicode that change how a text is read and are not seen themselves."""

# They turn the direction of writing: a reader sees another text than the one that is kept.
TURNING = "\u202b\u202d\u202e\u2067"
# They only keep it, and come along with what is pasted.
KEEPING = "\u061c\u200e\u200f\u202a\u202c\u2066\u2068\u2069"
