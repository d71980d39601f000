"""Workbooks whose sheets, columns, headings or text are not as they were made."""

from tests import books
from tests.broken.making import Broken, edited


def far_cells(good, dice):
    row, column = dice.choice([(1_048_576, 2), (20_000, 3), (7, 16_384), (6, 400)])

    def change(book):
        books.page_of(book, "answers").cell(row, column).value = "x"

    return Broken("", "a.xlsx", edited(good, change), "refused")


def no_answers(good, dice):
    def change(book):
        page = book["Answers"]
        page.delete_rows(1, 2)

    return Broken("", "a.xlsx", edited(good, change), "refused")


def encodings(good, dice):
    text = "part;state;price;made_in\nBR-7;declare;12,50;México\n"
    data = dice.choice([text.encode("cp1252"), text.encode("utf-16-le"), text.encode() + b"\xff\xfe", b"\xef\xbb\xbf" + text.encode("latin-1"),
                        text.replace("M", "\0").encode(), text.encode("utf-16")[:-1], b"\xff\xfe" + text.encode()])  # fmt: skip
    return Broken("", "a.csv", data, "refused")


def heading(good, dice):
    """A column whose key and heading are gone still holds something."""
    key = dice.choice(["price", "state", "begins", "currency", "made_in"])
    where = {}

    def change(book):
        page = books.page_of(book, "answers")
        at = books.headings(page)[key]
        page.cell(1, at).value = page.cell(2, at).value = dice.choice(["Preis", "?", "price2", None])
        where["cell"] = page.cell(6, at).column_letter

    data = edited(good, change)
    return Broken("", "a.xlsx", data, "cell", {("Answers", f"{where['cell']}{row}") for row in range(3, 7)})


def doubled(good, dice):
    key = dice.choice(["price", "part", "begins"])

    def change(book):
        page = books.page_of(book, "answers")
        at = page.max_column + 1
        page.cell(1, at).value = key
        page.cell(6, at).value = "1"

    return Broken("", "a.xlsx", edited(good, change), "cell")


def two_sheets(good, dice):
    def change(book):
        book.copy_worksheet(books.page_of(book, dice.choice(["answers", "inputs"])))

    return Broken("", "a.xlsx", edited(good, change), "cell")


def merged(good, dice):
    row = dice.choice([5, 6])

    def change(book):
        books.page_of(book, "answers").merge_cells(
            start_row=row, end_row=row + dice.randrange(2), start_column=4, end_column=8
        )

    return Broken("", "a.xlsx", edited(good, change), "cell", {("Answers", f"D{row}")})


def version(good, dice):
    cell = dice.choice(["B1", "B2"])

    def change(book):
        book["Help"][cell].value = dice.choice(["0", "2", "talbot-axles", "=1", None, 1.5, True])

    return Broken("", "a.xlsx", edited(good, change), "cell", {("Help", cell)})


def example(good, dice):
    key = dice.choice(["part", "price", "begins", "customers"])
    where = {}

    def change(book):
        page = books.page_of(book, "answers")
        at = books.headings(page)[key]
        page.cell(4, at).value = "BR-7" if key == "part" else "7"
        where["cell"] = page.cell(4, at).coordinate

    data = edited(good, change)
    return Broken("", "a.xlsx", data, "cell", {("Answers", where["cell"])})
