"""The demo world: fictional companies, parts and answers as CSV, what reads them, and what multiplies them."""
