"""What failing costs: tariffs as dated, cited data, what one vehicle owes at a border, and what hangs on a verdict."""
