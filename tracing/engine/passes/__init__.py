"""Passes over a whole fleet: the law is asked once for each wording of facts, then loops add what the amounts make of it."""
