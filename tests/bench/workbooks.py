"""How long a workbook of 5,000 inputs takes from upload to preview, and how much memory: ``python -m tests.bench.workbooks``.

Each case runs in a process of its own, so that the growth of its peak is its own. Load and processor seconds are printed
because wall time on a shared machine says little.
"""

import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LINES, ANSWERS = 5_000, 100
CASES = {"8 errors": 8, "5,000 errors": 5_000, "no error": 0}
SECONDS, MEGABYTES = 3.0, 150.0


def world():
    """A supplier with a hundred parts and a workbook of 5,000 inputs × 20 filled columns."""
    from tests import books, make

    cast = make.cast()
    books.steel_bought(cast)
    for number in range(ANSWERS):
        books.new_part(cast, f"BR-{number:04}")
    return cast


def workbook(cast, errors: int) -> bytes:
    """Written as the portal writes it, so that it opens like a real one."""
    from suppliers.workbooks import made, writing

    rows = made.made(cast.acme)
    codes = [row.code for row in [cast.talbot]]
    for row in rows.rows["answers"]:
        if row["part"].startswith("BR-"):
            row |= {
                "state": "declare",
                "customers": codes,
                "begins": "2027-01-01",
                "ends": "2028-01-01",
                "price": "812.5",
            }
    for number in range(LINES):
        row = {
            "part": f"BR-{number * ANSWERS // LINES:04}", "item": f"IT-{number:05}", "description": f"Material {number}", "hs": "7217.10",
            "quantity": "1.25", "unit": "kg", "how": "imported", "seller": f"Seller {number % 40}", "made_in": "KR",
            "price": f"{3 + number % 97}.37", "title": "importation", "freight": "0.12", "duty": "0.04", "leg": "plant",
            "in_price": ["duty"], "insurance": "0.01", "packing": "0.02", "minor": "false", "related": "true", "rate": "1.0925",
        }  # fmt: skip
        rows.rows["inputs"].append(row)
    return _spoilt(writing.workbook(rows), errors) if errors else writing.workbook(rows)


def _spoilt(data: bytes, errors: int) -> bytes:
    from tests import books

    book = books.opened(data)
    page = books.page_of(book, "inputs")
    at = books.headings(page)["price"]
    for number in range(errors):
        page.cell(books.FIRST_ROW + number * (LINES // errors), at).value = f"{1 + number % 9},{100 + number % 900}"
    return books.closed(book)


def peak() -> float:
    """Megabytes this process ever held at once. (ru_maxrss starts at what the parent held.)"""
    with Path("/proc/self/status").open() as told:
        return int(next(line.split()[1] for line in told if line.startswith("VmHWM"))) / 1024


def measured(path: str, key: str) -> str:
    """One upload, read until its errors or its preview are stored, in this process; as one line of figures.

    The marked copy of a wrong file is made after that, and not timed.
    """
    from suppliers.actions import marks, uploads
    from suppliers.models import Membership, Upload

    by = Membership.objects.get(pk=key)
    data = Path(path).read_bytes()
    # what any portal process has loaded and done long before: its tables of countries, of HS codes, its first file
    uploads.take(io.BytesIO(b"part,state,price,hs\nBR-0000,declare,1,7217.10\n"), name="first.csv", by=by)
    uploads.read_due()
    seen = {}
    marks.keep = lambda _upload: seen.update(wall=time.monotonic(), cpu=time.process_time(), peak=peak())
    before, wall, cpu = peak(), time.monotonic(), time.process_time()
    row = uploads.take(io.BytesIO(data), name="bench.xlsx", by=by)
    uploads.read_due()
    if not seen:  # no error, so no copy to mark
        marks.keep(row)
    wall, cpu, grown = seen["wall"] - wall, seen["cpu"] - cpu, seen["peak"] - before
    row = Upload.objects.get(pk=row.pk)
    told = f"{len(row.errors)} errors" if row.errors else f"{row.preview['counts']['new']} new"
    return f"{wall:.2f} {cpu:.2f} {grown:.0f} {row.rows} {len(data) // 1024} {told}"


def _setup(folder: str) -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "VAR_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
                   "DEMO": "1"}  # fmt: skip
    import django

    django.setup()


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        _setup(folder)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        cast = world()
        late = 0
        for name, errors in CASES.items():
            path = f"{folder}/{errors}.xlsx"
            Path(path).write_bytes(workbook(cast, errors))
            command = [sys.executable, "-m", "tests.bench.workbooks", folder, path, str(cast.ben.pk)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            wall, cpu, grown, rows, size, *told = done.stdout.split()[-7:]
            print(f"{name}: {wall} s wall, {cpu} s of processor, peak grew by {grown} MB; {rows} rows, {size} kB, {' '.join(told)};"
                  f" load {os.getloadavg()[0]:.1f}")  # fmt: skip
            late += float(cpu) > SECONDS or float(grown) > MEGABYTES
        return 1 if late else 0


if __name__ == "__main__":
    if len(sys.argv) > 3:
        _setup(sys.argv[1])
        print(measured(sys.argv[2], sys.argv[3]))
    else:
        sys.exit(main())
