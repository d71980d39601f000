"""A workbook's errors: each at its cell, with the reason and the cure; and what the comma may mean."""

import datetime as dt

import pytest

from suppliers.actions import uploads
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.workbooks.columns import SHEETS
from tests import books
from tests.books import ANSWER, INPUT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "_files")]


@pytest.fixture
def _files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def errors_of(data, by, **more):
    upload = books.handed_in(data, by, **more)
    return upload, {(row[0], row[1]): row for row in upload.errors}


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("typed", "reason"),
        [("1,234", "may mean"), ("1.234", "may mean"), ("abc", "is not a number"), ("-3", "negative"), (-3, "negative"), ("1e3", "not a number"),
         ("NaN", "not a number"), ("١٢", "no digits"), ("=1+1", "formula"), (True, "yes-or-no"), (dt.date(2027, 1, 1), "date"),
         (1e12, "too large"), (0.1234567, "places"), ("#N/A", "error value")],
    )  # fmt: skip
    def test_an_amount_that_is_none_or_may_be_two(self, cast, typed, reason):
        books.new_part(cast)
        upload, _errors = errors_of(books.filled(books.taken(cast.acme), "BR-7", ANSWER | {"price": typed}), cast.ben)
        [row] = upload.errors
        assert row[:2] == ["Answers", "R6"] and reason in row[3] and row[4]
        assert upload.preview == {}
        with pytest.raises(uploads.NotReady):
            uploads.apply(upload, by=cast.ben)

    @pytest.mark.parametrize(
        "typed",
        ["03/04/2027", "4.3.2027", "2027-02-30", "tomorrow", 45, dt.datetime(2027, 1, 1, 5), dt.date(1899, 12, 31)],
    )
    def test_a_day_that_is_none_or_may_be_two(self, cast, typed):
        books.new_part(cast)
        upload, errors = errors_of(books.filled(books.taken(cast.acme), "BR-7", ANSWER | {"begins": typed}), cast.ben)
        assert set(errors) == {("Answers", "I6")}, upload.errors

    def test_one_point_six_as_a_share_is_asked_back(self, cast):
        books.new_part(cast)
        upload, _errors = errors_of(
            books.filled(books.taken(cast.acme), "BR-7", ANSWER | {"nafta_percent": 0.6}), cast.ben
        )
        assert "may mean 0.6 % or 60 %" in upload.errors[0][3]

    def test_everything_at_once_and_grouped(self, cast):
        from suppliers.workbooks.complaints import grouped

        books.new_part(cast)
        inputs = [INPUT | {"item": f"W-{n}", "price": f"{n},234"} for n in range(1, 31)]
        answer = ANSWER | {"currency": "XXX", "made_in": "Freedonia", "customers": "nobody"}
        upload = books.handed_in(books.filled(books.taken(cast.acme), "BR-7", answer, inputs), cast.ben)
        assert len(upload.errors) == 33
        groups = grouped(upload.errors)
        assert [group["count"] for group in groups] == [30, 1, 1, 1]

    def test_an_example_half_edited_is_asked_back(self, cast):
        book = books.opened(books.taken(cast.acme))
        page = books.page_of(book, "answers")
        books.put(page, 4, part="AB-M12")
        upload = books.handed_in(books.closed(book), cast.ben)
        assert upload.errors[0][1] == "B4" and "example row" in upload.errors[0][3]

    @pytest.mark.parametrize("cell", ["B1", "B2"])
    def test_another_version_or_company(self, cast, cell):
        book = books.opened(books.taken(cast.acme))
        book["Help"][cell].value = "other"
        upload = books.handed_in(books.closed(book), cast.ben)
        assert books.said(upload) == {("Help", cell)}

    def test_another_companys_workbook(self, cast):
        upload = books.handed_in(books.taken(cast.talbot), cast.ben)
        assert ("Help", "B2") in books.said(upload)
        assert "TA-400" not in str([row[3:] for row in upload.errors if row[2] != "TA-400"])

    def test_merged_cells_and_strange_columns(self, cast):
        books.new_part(cast)
        book = books.opened(books.filled(books.taken(cast.acme), "BR-7", ANSWER))
        page = books.page_of(book, "answers")
        page.merge_cells("C5:C6")
        page["BZ6"].value = "a note"
        upload = books.handed_in(books.closed(book), cast.ben)
        assert books.said(upload) == {("Answers", "C5"), ("Answers", "BZ6")}

    def test_hidden_rows_are_read_and_told(self, cast):
        books.new_part(cast)
        book = books.opened(books.filled(books.taken(cast.acme), "BR-7", ANSWER))
        books.page_of(book, "answers").row_dimensions[6].hidden = True
        upload = books.handed_in(books.closed(book), cast.ben)
        assert upload.preview["hidden"] == {"Answers": 1} and upload.preview["counts"]["new"] == 1

    def test_headings_alone_are_enough_in_any_language_and_without_keys(self, cast):
        books.new_part(cast)
        book = books.opened(books.filled(books.taken(cast.acme), "BR-7", ANSWER, [INPUT]))
        for kind in SHEETS:
            books.page_of(book, kind).delete_rows(1)
        upload = books.handed_in(books.closed(book), cast.ben)
        assert upload.errors == [] and upload.preview["counts"]["new"] == 1

    def test_ten_thousand_rows_and_one(self, cast):
        lines = "part,state,price\n" + "AB-M12,,\n" * 30_011
        assert "Split the file" in books.handed_in(lines.encode(), cast.ben, name="x.csv").refused

    def test_an_empty_file_and_a_huge_one_are_not_taken(self, cast, monkeypatch):
        with pytest.raises(Malformed):
            books.handed_in(b"", cast.ben)
        monkeypatch.setattr(uploads, "LIMIT", 1000)
        with pytest.raises(Malformed):
            books.handed_in(b"x" * 1001, cast.ben)


class TestCommas:
    @pytest.mark.parametrize(
        ("declared", "typed", "price"),
        [("decimal comma", "1.234,56", "1234.56"), ("decimal point", '"1,234.56"', "1234.56"), ("decimal comma", "1,234", "1.234"),
         ("decimal point", "1.234", "1.234"), ("decimal comma", "1.234", "1234")],
    )  # fmt: skip
    def test_the_decimal_mark_is_declared(self, cast, declared, typed, price):
        books.new_part(cast)
        mark = ";" if "comma" in declared else ","
        lines = [["traceline", "1", "answers", "acme-bolts", declared], ["part", "state", "price", "begins", "ends", "currency"],
                 ["BR-7", "declare", typed, "2027-01-01", "2028-01-01", "USD"]]  # fmt: skip
        upload = books.handed_in("\n".join(mark.join(line) for line in lines).encode(), cast.ben, name="x.csv")
        assert upload.errors == [], upload.errors
        [draft] = uploads.apply(upload, by=cast.ben)
        assert stored.of(draft)["price"] == price

    @pytest.mark.parametrize("typed", ["1.234", "0,5"])
    def test_what_does_not_fit_or_may_be_two_is_asked_back(self, cast, typed):
        opening = "" if typed == "1.234" else "traceline;1;answers;acme-bolts;decimal point\n"
        data = f"{opening}part;state;price\nAB-M12;declare;{typed}\n".encode()
        upload = books.handed_in(data, cast.ben, name="x.csv")
        assert {row[1] for row in upload.errors if row[2] == typed} == {"C3" if opening else "C2"}

    @pytest.mark.parametrize(
        "data", [b"\xff\xfe\x00", "part;state;priceé".encode("latin-1"), b'part,state,price\n"open', b"a\0b"]
    )
    def test_what_is_no_text(self, cast, data):
        assert books.handed_in(data, cast.ben, name="x.csv").refused
