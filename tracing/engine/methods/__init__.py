"""The arithmetic: one module per legal method, named after it. See docs/how-the-number-is-made.md."""
