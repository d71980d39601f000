"""A workbook of answers from download to drafts: what is read, what is refused, what is saved."""

import datetime as dt
import os
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone, translation

from suppliers import files
from suppliers.actions import declarations, marks, requests, uploads
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Decline, Postponement, Upload
from suppliers.workbooks import made, writing
from suppliers.workbooks.columns import SHEETS
from tests import books, make
from tests.books import ANSWER, INPUT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "_files")]


@pytest.fixture
def _files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def facts_of(part):
    return stored.of(Declaration.objects.filter(part=part).latest("drafted_at"))


def errors_of(data, by, **more):
    upload = books.handed_in(data, by, **more)
    return upload, {(row[0], row[1]): row for row in upload.errors}


class TestTheWorkbook:
    def test_holds_the_parts_hidden_keys_an_example_a_version_and_lists(self, cast):
        make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
        book = books.opened(books.taken(cast.acme))
        assert book.sheetnames == ["Answers", "Inputs", "Costs", "Suppliers", "Help", "lists"]
        page = books.page_of(book, "answers")
        assert page.row_dimensions[1].hidden and page.freeze_panes == "C4" and page.protection.sheet
        assert page["B4"].value == "EXAMPLE: BR-100" and page["B5"].value == "AB-M12"
        assert book["Help"]["B1"].value == "1" and book["Help"]["B2"].value == "acme-bolts"
        assert {rule.type for rule in page.data_validations.dataValidation} == {"list"}
        assert book["lists"].sheet_state == "hidden"

    @pytest.mark.parametrize("language", ["en", "es-mx", "fr-ca"])
    @pytest.mark.parametrize("kind", ["xlsx", "csv"])
    def test_handed_in_untouched_changes_nothing(self, cast, language, kind):
        make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
        books.new_part(cast)
        data = books.taken(cast.acme, language)
        if kind == "csv":
            with translation.override(language):
                data = writing.commas(made.made(cast.acme), comma=language == "fr-ca")
        upload = books.handed_in(data, cast.ben, name=f"x.{kind}", language=language)
        assert upload.errors == [] and upload.preview["answers"] == []
        assert upload.preview["counts"]["unchanged"] == 1

    def test_the_number_of_queries_does_not_grow(self, cast, django_assert_max_num_queries):
        for number in range(40):
            make.draft(books.new_part(cast, f"N-{number}"), by=cast.ben, to=[cast.talbot])
        with django_assert_max_num_queries(26):
            made.made(cast.acme)

    def test_only_what_is_asked(self, cast):
        asked = cast.bolt_to_talbot
        books.new_part(cast)
        requests.ask(
            asked, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2026, 12, 15), rulebooks=["usmca"]
        )
        rows = made.made(cast.acme, only_asked=True).rows["answers"]
        assert [row["part"] for row in rows] == ["AB-M12"]
        assert (rows[0]["begins"], rows[0]["ends"]) == (make.FROM, make.UNTIL)

    def test_nobody_elses_row_is_in_it(self, cast):
        make.draft(cast.axle, by=cast.tom, to=[cast.meridian])
        text = writing.commas(made.made(cast.acme), comma=False).decode()
        assert "TA-400" not in text and "meridian" not in text

    def test_text_is_no_formula_again(self, cast):
        part = make.part(cast.acme, "=cmd|'/c calc'!A1", description="@SUM(1)")
        make.draft(part, by=cast.ben, lines=[])
        book = books.opened(books.taken(cast.acme))
        page = books.page_of(book, "answers")
        cell = page.cell(books.row_of(page, part.number), 2)
        assert (
            cell.data_type == "s" and cell.style_array.quotePrefix if hasattr(cell, "style_array") else cell.quotePrefix
        )
        text = writing.commas(made.made(cast.acme), comma=False).decode()
        assert ",'=cmd|" in text and ",'@SUM" in text
        assert books.handed_in(text.encode(), cast.ben, name="x.csv").preview["counts"]["unchanged"] == 1

    @pytest.mark.parametrize("kind", SHEETS)
    @pytest.mark.parametrize("language", ["en", "es-mx", "fr-ca"])
    def test_no_two_columns_share_a_heading(self, kind, language):
        with translation.override(language):
            labels = [str(column.label).casefold() for column in SHEETS[kind]]
        assert sorted(labels) == sorted(set(labels))


class TestWhatIsSaved:
    def test_a_new_answer_with_inputs_costs_statements(self, cast):
        part, sale = books.new_part(cast), books.steel_bought(cast)
        answer = ANSWER | {"nafta_para": "f", "nafta_percent": 63.5, "usmca_originates": "yes", "usmca_method": "net cost",
                           "claim_basis": "rvc", "claims_why": "books of 2026", "aala_ge70": "no"}  # fmt: skip
        inputs = [
            INPUT | {"freight": 0.02, "leg": "to your plant", "duty": 0.01, "in_price": "customs duty"},
            {
                "item": "ST-9",
                "quantity": 0.8,
                "unit": "kg",
                "how": "bought",
                "seller_code": "dorado-fasteners",
                "price": 1.1,
                "share": 60,
            },
            {
                "item": "ST-9",
                "quantity": 0.8,
                "unit": "kg",
                "how": "bought",
                "seller": "Norsk Staal",
                "price": 1.2,
                "share": 40,
            },
        ]
        data = books.filled(books.taken(cast.acme), "BR-7", answer, inputs, {"own_us": 4.2, "cost_product": 6.1})
        upload = books.handed_in(data, cast.ben)
        assert upload.errors == [] and upload.preview["counts"]["new"] == 1
        assert uploads.apply(upload, by=cast.ben)
        facts = facts_of(part)
        assert (facts["price"], facts["begins"], facts["currency"], facts["addressed_codes"]) == (
            "12.5",
            "2027-01-01",
            "USD",
            ["talbot-axles"],
        )
        laws = {row["law"]: row for row in facts["statements"]}
        assert (
            laws["nafta"]["percent"] == "63.5" and laws["usmca"]["originates"] is True and laws["aala"]["ge70"] is False
        )
        assert facts["claims"] == [{"key": "basis", "value": "rvc", "why": "books of 2026"}]
        assert facts["costs"]["product"] == "6.1" and facts["own_values"] == [{"country": "US", "amount": "4.2"}]
        wire, steel = facts["lines"]
        assert [(row["kind"], row["amount"], row["in_price"], row["leg"]) for row in wire["sources"][0]["charges"]] == [
            ("freight", "0.02", False, "plant"), ("duty", "0.01", True, "")]  # fmt: skip
        assert [(row["share"], row["seller_name"]) for row in steel["sources"]] == [
            ("60", "Dorado Fasteners"),
            ("40", "Norsk Staal"),
        ]
        assert steel["sources"][0]["sourcing"] == str(sale.pk)

    def test_the_same_file_again_changes_nothing(self, cast):
        books.new_part(cast)
        data = books.filled(books.taken(cast.acme), "BR-7", ANSWER, [INPUT])
        uploads.apply(books.handed_in(data, cast.ben), by=cast.ben)
        again = books.handed_in(data, cast.ben)
        assert again.preview["answers"] == [] and again.preview["counts"]["unchanged"] == 1
        assert Declaration.objects.filter(organisation=cast.acme).count() == 1

    def test_a_change_of_a_draft_says_old_and_new(self, cast):
        draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
        book = books.opened(books.taken(cast.acme))
        books.put(books.page_of(book, "inputs"), books.FIRST_ROW, price=0.35)
        upload = books.handed_in(books.closed(book), cast.ben)
        assert upload.preview["answers"][0]["changes"] == [["inputs", "WR-12", "price", "0.31", "0.35"]]
        uploads.apply(upload, by=cast.ben)
        assert Declaration.objects.get().pk == draft.pk
        assert stored.of(draft)["lines"][0]["sources"][0]["price"] == "0.35"

    def test_a_signed_answer_is_superseded_never_changed(self, cast):
        signed = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
        before = stored.of(signed)
        book = books.opened(books.taken(cast.acme))
        books.put(books.page_of(book, "inputs"), books.FIRST_ROW, price=0.35)
        [draft] = uploads.apply(books.handed_in(books.closed(book), cast.ben), by=cast.ben)
        assert draft.supersedes_id == signed.pk and stored.of(signed) == before
        assert declarations.shown(signed)  # still whole

    def test_not_our_part_and_not_yet_known_are_told_to_those_who_ask(self, cast):
        part = books.new_part(cast)
        for sale in (cast.bolt_to_talbot, part.sold_as.get()):
            requests.ask(
                sale, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2026, 12, 15), rulebooks=["usmca"]
            )
        data = books.filled(
            books.taken(cast.acme), "BR-7", {"state": "made by another company", "maker": "Zeta", "why": "Sold 2025"}
        )
        data = books.filled(
            data, "AB-M12", {"state": "not yet known", "until": dt.date(2026, 12, 1), "why": "Waiting for the mill"}
        )
        uploads.apply(books.handed_in(data, cast.ben), by=cast.ben)
        assert (Decline.objects.get().maker, Postponement.objects.get().until) == ("Zeta", dt.date(2026, 12, 1))
        assert books.handed_in(data, cast.ben).preview["answers"] == []

    def test_what_a_workbook_cannot_hold_is_left_alone(self, cast):
        said = [{"law": "nafta", "para": "nil"}, {"law": "nafta", "para": "g"}]
        make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], statements=said)
        data = books.taken(cast.acme)
        assert books.handed_in(data, cast.ben).preview["counts"]["kept"] == 1
        upload = books.handed_in(books.filled(data, "AB-M12", {"state": "declare"}), cast.ben)
        assert "says more than a workbook can hold" in upload.errors[0][3]

    def test_columns_that_a_file_does_not_have_leave_what_stands(self, cast):
        make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], fiscal_year_start="2026-04-01", price="2")
        upload = books.handed_in(b"part,state,price\nAB-M12,declare,3.00\n", cast.ben, name="x.csv")
        assert upload.preview["answers"][0]["changes"] == [["answers", "", "price", "2", "3"]]
        uploads.apply(upload, by=cast.ben)
        facts = facts_of(cast.bolt)
        assert (facts["price"], facts["fiscal_year_start"], len(facts["lines"])) == ("3", "2026-04-01", 1)

    def test_numbers_are_the_decimals_that_are_shown(self, cast):
        part = books.new_part(cast)
        answer = ANSWER | {"price": 0.1 + 0.2}
        uploads.apply(books.handed_in(books.filled(books.taken(cast.acme), "BR-7", answer), cast.ben), by=cast.ben)
        assert facts_of(part)["price"] == "0.3"


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


class TestWork:
    def test_the_original_is_kept_byte_for_byte(self, cast):
        data = books.taken(cast.acme)
        upload = books.handed_in(data, cast.ben, name="../../etc/Réponses.xlsx")
        assert (
            upload.name == "Réponses.xlsx"
            and files.opened(upload.digest).read() == data
            and not files.fault(upload.digest)
        )

    def test_cancelled_is_never_read_nor_applied(self, cast):
        upload = uploads.take(books.io.BytesIO(books.taken(cast.acme)), name="a.xlsx", by=cast.ben)
        uploads.cancel(upload, by=cast.ben)
        assert uploads.read_due() == 0
        with pytest.raises(uploads.NotReady):
            uploads.cancel(upload, by=cast.ben)
        with pytest.raises(uploads.NotReady):
            uploads.apply(upload, by=cast.ben)

    def test_a_cancel_stops_a_worker_in_the_middle(self, cast, monkeypatch):
        upload = uploads.take(books.io.BytesIO(books.taken(cast.acme)), name="a.xlsx", by=cast.ben)
        plain = uploads.layout

        def slow(*args):
            uploads.cancel(upload, by=cast.ben)
            return plain(*args)

        monkeypatch.setattr(uploads, "layout", slow)
        uploads.read_due()
        upload.refresh_from_db()
        assert upload.state == Upload.State.CANCELLED and upload.read_at is None and upload.preview == {}

    def test_a_killed_workers_claim_is_taken_over(self, cast):
        upload = uploads.take(books.io.BytesIO(books.taken(cast.acme)), name="a.xlsx", by=cast.ben)
        Upload.objects.update(claimed_at=timezone.now() - dt.timedelta(seconds=30))
        assert uploads.read_due() == 0
        Upload.objects.update(claimed_at=timezone.now() - uploads.STALE - dt.timedelta(seconds=1))
        assert uploads.read_due() == 1
        upload.refresh_from_db()
        assert upload.read_at

    def test_a_file_that_ends_every_worker_is_given_up(self, cast):
        upload = uploads.take(books.io.BytesIO(books.taken(cast.acme)), name="a.xlsx", by=cast.ben)
        Upload.objects.update(claimed_at=timezone.now() - uploads.STALE - dt.timedelta(seconds=1), tries=uploads.TRIES)
        assert uploads.read_due() == 1 and uploads.read_due() == 0
        upload.refresh_from_db()
        assert upload.state == Upload.State.REFUSED and "failed over this file" in upload.refused

    def test_two_files_about_one_part_the_second_is_shown_anew(self, cast):
        books.new_part(cast)
        first, second = (
            books.handed_in(books.filled(books.taken(cast.acme), "BR-7", ANSWER | {"price": price}), cast.ben)
            for price in (1, 2)
        )
        uploads.apply(first, by=cast.ben)
        with pytest.raises(declarations.ChangedMeanwhile):
            uploads.apply(second, by=cast.ben)
        assert Declaration.objects.count() == 1
        uploads.read_due()
        second.refresh_from_db()
        assert second.preview["answers"][0]["changes"] == [["answers", "", "price", "1", "2"]]
        uploads.apply(second, by=cast.ben)
        assert facts_of(cast.acme.parts.get(number="BR-7"))["price"] == "2"

    def test_all_or_nothing(self, cast, monkeypatch):
        books.new_part(cast)
        upload = books.handed_in(books.filled(books.taken(cast.acme), "BR-7", ANSWER, [INPUT]), cast.ben)
        monkeypatch.setattr("suppliers.models.Source.objects.bulk_create", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            uploads.apply(upload, by=cast.ben)
        upload.refresh_from_db()
        assert Declaration.objects.count() == 0 and upload.applied_at is None

    def test_nobody_acts_for_another_company(self, cast):
        upload = books.handed_in(books.taken(cast.acme), cast.ben)
        for act in (uploads.apply, uploads.cancel):
            with pytest.raises(PermissionError):
                act(upload, by=cast.tom)
        with pytest.raises(PermissionError):
            uploads.take(books.io.BytesIO(b"x"), name="a.csv", by=cast.cleo)

    def test_a_failure_of_ours_is_told_and_the_queue_goes_on(self, cast, monkeypatch):
        monkeypatch.setattr(uploads, "preview", lambda reading: 1 / 0)
        upload = books.handed_in(books.taken(cast.acme), cast.ben)
        assert upload.refused.startswith("The portal failed") and "ZeroDivision" not in upload.refused
        assert uploads.read_due() == 0

    def test_ten_waiting_are_enough(self, cast):
        for _one in range(uploads.WAITING):
            uploads.take(books.io.BytesIO(b"part,state,price\n"), name="a.csv", by=cast.ben)
        with pytest.raises(Malformed):
            uploads.take(books.io.BytesIO(b"part,state,price\n"), name="a.csv", by=cast.ben)

    def test_the_marked_copy_says_what_is_wrong_and_can_be_mended_and_handed_in(self, cast):
        books.new_part(cast)
        data = books.filled(books.taken(cast.acme), "BR-7", ANSWER | {"price": "1,234"}, [INPUT | {"price": "=1+1"}])
        upload = books.handed_in(data, cast.ben)
        book = books.opened(marks.copy(upload))
        page = books.page_of(book, "answers")
        assert page["R6"].fill.start_color.rgb == "FFF6C9C4"
        at = next(cell.column for cell in page[1] if cell.value == "errors")
        assert "R6: 1,234 may mean" in page.cell(6, at).value
        books.put(page, 6, price=1234)
        books.put(books.page_of(book, "inputs"), books.FIRST_ROW, price=2)
        assert books.handed_in(books.closed(book), cast.ben).preview["counts"]["new"] == 1

    def test_the_marked_copy_of_a_csv(self, cast):
        upload = books.handed_in(b"part,state,price\nAB-M12,declare,=1\n", cast.ben, name="x.csv")
        text = marks.copy(upload).decode("utf-8-sig")
        assert "C2:" in text.splitlines()[1]

    def test_the_worker_has_the_copy_ready_and_it_is_made_anew_once_it_is_gone(self, cast, settings, monkeypatch):
        upload = books.handed_in(b"part,state,price\nAB-M12,declare,=1\n", cast.ben, name="x.csv")
        kept = Path(settings.FILES_DIR) / "marked" / str(upload.pk)
        assert b"C2:" in kept.read_bytes()
        with monkeypatch.context() as without:
            without.setattr(marks, "marked", None)
            assert marks.copy(upload) == kept.read_bytes(), "nothing is marked while somebody waits"
        old = time.time() - marks.KEPT.total_seconds() - 1
        os.utime(kept, (old, old))
        uploads.read_due()
        assert not kept.exists() and b"C2:" in marks.copy(upload)

    def test_a_copy_that_fails_hides_no_errors(self, cast, monkeypatch):
        with monkeypatch.context() as broken:
            broken.setattr(marks, "marked", lambda *_: 1 / 0)
            upload = books.handed_in(b"part,state,price\nAB-M12,declare,=1\n", cast.ben, name="x.csv")
        assert upload.state == "wrong" and b"C2:" in marks.copy(upload)


@pytest.mark.django_db(transaction=True)
def test_applied_twice_at_once_is_applied_once(cast):
    books.new_part(cast)
    upload = books.handed_in(books.filled(books.taken(cast.acme), "BR-7", ANSWER, [INPUT]), cast.ben)
    outcomes, start = [], threading.Barrier(4)

    def one():
        start.wait()
        try:
            uploads.apply(upload, by=cast.ben)
            outcomes.append("saved")
        except uploads.NotReady:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["late", "late", "late", "saved"]
    assert Declaration.objects.count() == 1
