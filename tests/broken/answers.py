"""Rows that contradict themselves, each other or what the company has; and odd ones that are sound."""

from tests import books
from tests.broken.making import Broken, edited


def quantity_zero(good, dice):
    def change(book):
        books.put(books.page_of(book, "inputs"), 5, quantity=dice.choice([0, 0.00001, "0", -1, "nil"]))

    return Broken("", "a.xlsx", edited(good, change), "cell", {("Inputs", "H5")})


def shares(good, dice):
    def change(book):
        page = books.page_of(book, "inputs")
        books.put(page, 6, share=dice.choice([50, 99, "1/3", "0", "110", "1/0", "x", 30]))

    return Broken("", "a.xlsx", edited(good, change), "cell")


def missing(good, dice):
    sheet, row, key = dice.choice([("answers", 6, "begins"), ("answers", 6, "ends"), ("answers", 6, "currency"), ("answers", 6, "state"), ("answers", 6, "part"),
                                   ("inputs", 5, "item"), ("inputs", 5, "quantity"), ("inputs", 5, "price"), ("inputs", 6, "part")])  # fmt: skip

    def change(book):
        books.put(books.page_of(book, sheet), row, **{key: None})

    return Broken("", "a.xlsx", edited(good, change), "cell")


def backwards(good, dice):
    def change(book):
        books.put(
            books.page_of(book, "answers"), 6, begins="2028-01-01", ends=dice.choice(["2027-01-01", "2028-01-01"])
        )

    return Broken("", "a.xlsx", edited(good, change), "cell")


def twice(good, dice):
    sheet, row = dice.choice([("answers", 7), ("costs", 6)])

    def change(book):
        books.put(
            books.page_of(book, sheet),
            row,
            part="BR-7",
            **({"state": "declare"} if sheet == "answers" else {"own_us": 1}),
        )

    return Broken("", "a.xlsx", edited(good, change), "cell", {(sheet.capitalize(), f"B{row}")})


def orphan(good, dice):
    sheet = dice.choice(["inputs", "costs"])

    def change(book):
        page = books.page_of(book, sheet)
        row = 9
        books.put(
            page,
            row,
            part=dice.choice(["LONE-1", "nobody", "TA-400"]),
            **({"item": "X"} if sheet == "inputs" else {"own_us": 1}),
        )

    return Broken("", "a.xlsx", edited(good, change), "cell", {(sheet.capitalize(), "B9")})


def own_sale(good, dice):
    """Names a seller that does not sell this, or whose code and name are two companies."""

    def change(book):
        books.put(books.page_of(book, "inputs"), 5, **dice.choice([
            {"seller_code": "talbot-axles"}, {"seller_code": "meridian-motors"}, {"seller_part": "X-1"}, {"how": "made by us", "own_part": "TA-400"},
            {"how": "made by us", "price": None}, {"in_price": "tax"}, {"leg": "to your plant"}, {"tried": "2026-01-01 mail"},
        ]))  # fmt: skip

    return Broken("", "a.xlsx", edited(good, change), "cell")


def customers(good, dice):
    def change(book):
        books.put(
            books.page_of(book, "answers"),
            6,
            customers=dice.choice(["nobody", "meridian-motors", "talbot-axles; nobody", "acme-bolts", "=A1"]),
        )

    return Broken("", "a.xlsx", edited(good, change), "cell")


def declines(good, dice):
    def change(book):
        books.put(
            books.page_of(book, "answers"), 6, state=dice.choice(["not our part", "not yet known", "no longer made"])
        )

    return Broken("", "a.xlsx", edited(good, change), "cell")


def commas(good, dice):
    lines = [["traceline", "1", "answers", "acme-bolts", "decimal comma"], ["part", "state", "price", "begins", "ends", "currency"],
             ["BR-7", "declare", "12,50", "2027-01-01", "2028-01-01", "USD"]]  # fmt: skip
    row, at, typed, verdict = dice.choice([
        (0, 1, "9", "cell"), (0, 3, "other", "cell"), (0, 4, "", "cell"), (0, 4, "decimal", "cell"), (2, 0, "nobody", "cell"), (2, 1, "x", "cell"),
        (2, 2, "12.50", "cell"), (2, 2, "1,234,5", "cell"), (2, 2, "'=1", "cell"), (2, 3, "01/02/2027", "cell"), (2, 5, "US$", "cell"), (2, 2, '"12', "refused"),
        (2, 2, "=cmd|'/c calc'!A0", "cell"), (2, 2, "+12", "cell"), (2, 2, "@1", "cell"),
    ])  # fmt: skip
    lines[row][at] = typed
    return Broken("", "a.csv", "\n".join(";".join(line) for line in lines).encode(), verdict)


def near_miss(good, dice):
    """Odd, but sound: order of columns, spaces, case, other sheets, comments, links, hidden things."""

    def change(book):
        answers = books.page_of(book, "answers")
        pick = dice.randrange(6)
        if pick == 0:
            books.put(answers, 6, state="  DECLARE ", currency="usd".upper(), made_in="us")
        elif pick == 1:
            answers["D6"].hyperlink = "https://example.com/"
        elif pick == 2:
            book.create_sheet("Notes")["A1"].value = "=1+1"
        elif pick == 3:
            answers.column_dimensions["R"].hidden = True
            answers.row_dimensions[6].hidden = True
        elif pick == 4:
            answers.insert_rows(6, 3)
        else:
            book.move_sheet("Help", -4)

    return Broken("", "a.xlsx", edited(good, change), "fine")
