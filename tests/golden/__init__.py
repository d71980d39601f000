"""Golden dossiers: what a released engine answered, byte for byte. ``python -m tests.golden`` writes those of this version."""
