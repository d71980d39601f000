"""The pure core: values in, values out. No database, no web, no clock, no file."""

VERSION = "1.0.0"
