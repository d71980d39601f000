"""The pure core: values in, values out. No database, no web, no clock, no file."""

VERSION = "2.0.0"
