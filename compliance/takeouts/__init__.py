"""Everything a company entered, as files in one signed archive: what goes in, how it is written, how it is checked."""
