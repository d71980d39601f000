"""A workbook of answers from download to drafts: what it holds and what is saved."""

import datetime as dt

import pytest
from django.utils import translation

from suppliers.actions import declarations, requests, uploads
from suppliers.facts import stored
from suppliers.models import Declaration, Decline, Postponement
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

    def test_an_own_determination_goes_through_the_workbook_with_its_tries(self, cast):
        part = books.new_part(cast)
        row = {"item": "W-1", "quantity": 1, "seller": "Silent Steel", "price": 2, "made_in": "US", "cannot": "silent",
               "tried": "2026-09-01 by mail; 2026-10-01 by telephone", "determined_ge70": "no", "determined_pct": 43.5,
               "finding": "about half", "rests_on": "drawings"}  # fmt: skip
        uploads.apply(
            books.handed_in(books.filled(books.taken(cast.acme), "BR-7", ANSWER, [row]), cast.ben), by=cast.ben
        )
        kept = facts_of(part)["lines"][0]["sources"][0]["cannot"]
        assert kept == {
            "reason": "silent", "ge70": False, "pct": "43.5", "determination": "about half", "basis": "drawings",
            "tried": [{"at": "2026-09-01", "how": "by mail"}, {"at": "2026-10-01", "how": "by telephone"}],
        }  # fmt: skip
        again = books.handed_in(books.taken(cast.acme), cast.ben).preview
        assert again["answers"] == [] and again["counts"]["unchanged"] == 1

    def test_what_is_wrong_with_a_determination_stands_at_its_cell(self, cast):
        books.new_part(cast)
        row = {
            "item": "W-1",
            "quantity": 1,
            "seller": "Silent Steel",
            "price": 2,
            "cannot": "silent",
            "determined_ge70": "no",
        }
        upload = books.handed_in(books.filled(books.taken(cast.acme), "BR-7", ANSWER, [row]), cast.ben)
        said = " ".join(str(one) for one in upload.errors)
        assert (
            "From 0 to below 70" in said
            and "drawings, quotes, customs papers" in said
            and "only after you asked" in said
        )
        alone = {key: value for key, value in row.items() if key != "cannot"}
        upload = books.handed_in(books.filled(books.taken(cast.acme), "BR-7", ANSWER, [alone]), cast.ben)
        assert "This belongs to an answer that cannot be had." in str(upload.errors)

    def test_numbers_are_the_decimals_that_are_shown(self, cast):
        part = books.new_part(cast)
        answer = ANSWER | {"price": 0.1 + 0.2}
        uploads.apply(books.handed_in(books.filled(books.taken(cast.acme), "BR-7", answer), cast.ben), by=cast.ben)
        assert facts_of(part)["price"] == "0.3"
