"""Values that people type into a cell and that mean nothing, or two things."""

from tests import books
from tests.broken.making import Broken, edited

AMOUNTS = ["1,234", "1.234", "1 2", "1_000", "abc", "-3", "−5", "1e3", "1E5", "NaN", "Infinity", "-Infinity", "sNaN", "0x10", "١٢٣", "１２", "1'23", "12,34,5",
           "1.2.3", "1,2.3,4", "$5", "5 USD", "=1+1", "=cmd|'/c calc'!A1", "#N/A", "#DIV/0!", "+5", "½", "∞", "1\u200b2", "--", "12,5%", -0.01, -1, 1e12, 1e300,
           1e-9, 0.1234567, True, False, "01/02/2027", "null", "None", "1/0", "9" * 40, "0." + "1" * 40]  # fmt: skip
DAYS = ["03/04/2027", "4.3.2027", "2027-02-30", "2027-13-01", "27-01-01", "tomorrow", "2027", 45, 46000.5, "2027-01-01T00:00:00Z", "1/1/2027", "2027/01/01",
        "2027-1-1", "=TODAY()", "0000-00-00", "9999-12-31", True, "２０２７-01-01", "2027-01-01 ±", "1899-12-31"]  # fmt: skip
COUNTRIES = ["Freedonia", "XX", "USA", "U", "U5", "Ü", "ＵＳ", "us mx", "1", "=A1", "M\u0425"]
PARTS = [
    "br-7",
    "BR\u20117",
    "BR-7\u200b",
    "ВR-7",
    "BR-07",
    "BR–7",
    "B R-7",
    "BR7",
    "1E5",
    45000,
    "nobody",
    "TA-400",
    "17-0012",
    "BR-7;AB-M12",
    "'BR-7",
    "<b>",
    "%s%n",
    "{0}",
]
CHOICES = ["perhaps", "DECLARE!", "yes", "1", "ja", "declare ; not our part", "=1", "\u0130"]


def value(sheet, row, key, values):
    def make(good, dice):
        typed = dice.choice(values)
        where = {}

        def change(book):
            page = books.page_of(book, sheet)
            cell = page.cell(row, books.headings(page)[key])
            if isinstance(typed, str) and not typed.startswith(("=", "#")):
                cell.value, cell.data_type, cell.number_format = typed, "s", "@"
            else:
                cell.value = typed
                cell.number_format = "General"
            where["cell"] = cell.coordinate

        data = edited(good, change)
        return Broken("", "a.xlsx", data, "cell", {(sheet.capitalize(), where["cell"])})

    return make
