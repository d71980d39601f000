"""The operator's desk: parties only, never business data."""
