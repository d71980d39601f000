"""From the cells of a file to answers: each with its facts, checked as the form checks them, and every complaint at its cell."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers.facts import typed
from suppliers.facts.reading import Form
from suppliers.models import Request
from suppliers.workbooks.assembled import assembled
from suppliers.workbooks.carried import Answer, Key, carried
from suppliers.workbooks.cells import TEXT, Cell, name_of
from suppliers.workbooks.columns import ANSWERS, DECLARE, KEEP, LATER, Column
from suppliers.workbooks.complaints import Complaint
from suppliers.workbooks.known import Known, Last
from suppliers.workbooks.layout import Layout, Table, example_part, is_example
from suppliers.workbooks.told import CHARGES, Row, normal, told
from suppliers.workbooks.values import Unclear, value

BESIDE = (
    "tried",
    "finding",
    "rests_on",
    "determined_ge70",
    "determined_pct",
)  # what belongs to an answer that cannot be had
CONTENT = {column.key for column in ANSWERS if column.path.startswith(("statements.", "claims"))} | {"price"}


class Reading:
    """Reads a layout. ``steps()`` goes on row by row and yields how many are done; then ``answers`` and ``complaints`` stand."""

    def __init__(self, layout: Layout, known: Known, last: Last, asked: dict[UUID, list[Request]]):
        self.layout, self.known, self.last, self.asked = layout, known, last, asked
        self.complaints = list(layout.complaints)
        self.answers: dict[Key, Answer] = {}
        self.by_part: dict[UUID, list[Answer]] = {}
        self.marked: set[tuple[str, str]] = set()  # cells that something was said about
        self.unread: set[str] = set()  # numbers whose row of answers could not be told

    def steps(self) -> Iterator[int]:
        if self.complaints and "answers" not in self.layout.tables:
            return
        done = 0
        for kind, read in (("answers", self._answer), ("inputs", self._input), ("costs", self._cost)):
            table = self.layout.tables.get(kind)
            for row in table.rows if table else ():
                read(table, row)
                done += 1
                yield done
        for answer in self.answers.values():
            self._whole(answer)
            yield done

    # rows of the three sheets
    def _answer(self, table: Table, row: int) -> None:
        cells = table.keyed(row)
        if self._is_aside(table, row, cells):
            return
        said, wrong = self._row(table, row, cells)
        part = self._part(table, row, cells, said)
        plant = self._plant(table, row, cells, said)
        if part is None or plant is False:
            self.unread.add(str(said.get("part", "")))
            return
        key = (part.pk, plant.pk if plant else None)
        if key in self.answers:
            before = self.answers[key].row + 1
            self._complain(table, row, "part", _("This part stands in row %(row)s too.") % {"row": before},
                           _("Keep one of the two rows; two plants need their codes."))  # fmt: skip
            return
        wrong |= not self._customers(table, row, cells, said)
        said |= {"part": str(part.pk), "plant": str(plant.pk) if plant else ""}
        answer = Answer(key, part.number, row, said.get("state") or "", said, wrong=wrong)
        answer.last, facts = self.last.of(*key)
        answer.before = told(facts, self.known.buyers_by_text) if facts else None
        self.answers[key] = answer
        self.by_part.setdefault(part.pk, []).append(answer)

    def _input(self, table: Table, row: int) -> None:
        answer, said, wrong = self._below(table, row)
        if answer is None:
            return
        answer.inputs.append((row, said))
        answer.wrong |= wrong or not self._bought(table, row, said)

    def _cost(self, table: Table, row: int) -> None:
        answer, said, wrong = self._below(table, row)
        if answer is None:
            return
        if answer.costs:
            self._complain(table, row, "part", _("This part stands in row %(row)s too.") % {"row": answer.costs[0] + 1},
                           _("Keep one of the two rows."))  # fmt: skip
        answer.costs = (row, said)
        answer.wrong |= wrong

    def _below(self, table: Table, row: int) -> tuple[Answer | None, Row, bool]:
        """A row of another sheet and the answer that it belongs to."""
        cells = table.keyed(row)
        if self._is_aside(table, row, cells):
            return None, {}, False
        said, wrong = self._row(table, row, cells)
        part, plant = self._part(table, row, cells, said), self._plant(table, row, cells, said)
        if part is None or plant is False:
            return None, {}, True
        fits = self.by_part.get(part.pk, [])
        if plant or len(fits) > 1:
            fits = [answer for answer in fits if answer.key[1] == (plant.pk if plant else None)]
        if fits:
            return fits[0], said, wrong
        if part.number not in self.unread:
            self._complain(table, row, "part", _("The first sheet holds no answer about this part."),
                           _("Add a row for it there, or delete this row."))  # fmt: skip
        return None, {}, True

    # cells
    def _row(self, table: Table, row: int, cells: dict[str, tuple[int, Cell]]) -> tuple[Row, bool]:
        said: Row = {}
        wrong = False
        for at, cell in table.sheet.rows[row].items():
            column = table.columns.get(at)
            if column is None or column.kind in {"mark", "shown"}:
                continue
            try:
                said[column.key] = value(cell, column, self.layout.point)
            except Unclear as unclear:
                wrong = True
                self._at(table, row, at, unclear.reason, unclear.cure)
        return said, wrong

    def _is_aside(self, table: Table, row: int, cells: dict[str, tuple[int, Cell]]) -> bool:
        """The example row: passed over while it is as it was made, asked back once somebody began to change it."""
        if not is_example(cells):
            return False
        shown = {column.key: column for column in table.columns.values() if column.example}
        for key, (at, cell) in cells.items():
            if key != "mark" and not self._is_shown(shown.get(key), cell):
                self._at(table, row, at, _("This is the example row, and it was changed."),
                         _("Write your answer into a row of its own; the example row may be deleted."))  # fmt: skip
                break
        return True

    def _is_shown(self, column: Column | None, cell: Cell) -> bool:
        if column is None:
            return False
        example = example_part(column.example) if column.kind == "identity" else column.example
        if str(cell).strip() == example or column.kind == "identity":
            return is_example({"part": (0, cell)}) if column.kind == "identity" else True
        try:
            said, meant = value(cell, column, self.layout.point), value(Cell(TEXT, example), column, "point")
        except Unclear:
            return False
        return normal(column, said) == normal(column, meant)

    def _part(self, table: Table, row: int, cells: dict[str, tuple[int, Cell]], said: Row) -> Any:
        if "part" not in said:
            if "part" not in cells:
                self._complain(
                    table, row, "part", _("This row names no part."), _("Type your part number, or clear the row.")
                )
            return None
        return self._named(table, row, cells, "part", lambda: self.known.named_part(cells["part"][1], said["part"]))

    def _plant(self, table: Table, row: int, cells: dict[str, tuple[int, Cell]], said: Row) -> Any:
        """None where no plant is named, False where it is none of one's own."""
        if "plant" not in cells:
            return None
        if "plant" not in said:
            return False
        return self._named(table, row, cells, "plant", lambda: self.known.named_plant(said["plant"])) or False

    def _named(self, table: Table, row: int, cells: dict[str, tuple[int, Cell]], key: str, find: Any) -> Any:
        try:
            return find()
        except Unclear as unclear:
            self._at(table, row, cells[key][0], unclear.reason, unclear.cure)
            return None

    def _customers(self, table: Table, row: int, cells: dict[str, tuple[int, Cell]], said: Row) -> bool:
        found = [
            self._named(table, row, cells, "customers", lambda name=name: self.known.customer(name))
            for name in said.get("customers") or []
        ]
        said["customers"] = sorted(set(filter(None, found)))
        return None not in found

    def _bought(self, table: Table, row: int, said: Row) -> bool:
        """The sale and the own part that an input names; charges that are said to be in a price but not given."""
        cells = table.keyed(row)
        fine = True
        if said.get("seller_code"):
            sale = self._named(table, row, cells, "seller_code", lambda: self.known.purchase(
                said["seller_code"], said.get("item", ""), said.get("seller_part", "")))  # fmt: skip
            said["sale"], fine = sale, sale is not None
            if sale and said.get("seller") and said["seller"].casefold() != sale.seller.name.casefold():
                fine = self._complain(table, row, "seller", _("The seller and the seller’s code are two companies."),
                                      _("Correct one of them, or leave the name empty."))  # fmt: skip
        elif said.get("seller_part"):
            fine = self._complain(table, row, "seller_part", _("A seller’s part number needs the seller’s code beside it."),
                                  _("Add the code, or clear the part number."))  # fmt: skip
        if said.get("own_part"):
            own = self._named(
                table, row, cells, "own_part", lambda: self.known.named_part(cells["own_part"][1], said["own_part"])
            )
            said["made_part"], fine = str(own.pk) if own else "", fine and own is not None
        for key in ("in_price", "recoverable"):
            for kind in said.get(key) or []:
                if kind in CHARGES and kind not in cells:
                    fine = self._complain(table, row, key, _("It names a charge of which this row gives no amount."),
                                          _("Give the amount of it, or take its name out."))  # fmt: skip
        if said.get("leg") and "freight" not in cells:
            fine = self._complain(table, row, "leg", _("Freight leads somewhere, but no freight is given."),
                                  _("Give the freight, or clear this cell."))  # fmt: skip
        beside = next((key for key in BESIDE if key in said and "cannot" not in cells), None)
        if beside:
            fine = self._complain(table, row, beside, _("This belongs to an answer that cannot be had."),
                                  _("Choose why it cannot be had, or clear this cell."))  # fmt: skip
        return fine

    # answers
    def _whole(self, answer: Answer) -> None:
        table = self.layout.tables["answers"]
        if answer.state in {"", DECLARE}:
            self._complete(answer, table)
        elif answer.state != KEEP:
            self._declined(answer, table)

    def _complete(self, answer: Answer, table: Table) -> None:
        if not answer.state:
            if answer.inputs or answer.costs or CONTENT & set(answer.said):
                answer.wrong = True
                self._complain(table, answer.row, "state", _("Something is said about this part, but not that you declare it."),
                               _("Choose what your answer is, or clear the row and its inputs."))  # fmt: skip
            return
        if answer.before and not answer.before.whole:
            self._held(answer, table)
            return
        said, inputs, costs = carried(answer, self.layout.tables, self.known)
        answer.facts, places = assembled(said, inputs, costs)
        last = self.last.facts[answer.last.pk] if answer.last else {}
        answer.facts["vehicle_facts"] = last.get("vehicle_facts") or {}
        form = Form(machine=True)
        if not answer.facts["currency"]:
            form.complain("currency", _("In which currency are its amounts?"))
        answer.header = typed.header(form, answer.facts, self.known)
        answer.body = typed.Body(form, answer.facts, self.known)
        for path, texts in form.errors.items():
            answer.wrong = True
            self._at_path(answer, places.of(path), " ".join(texts))

    def _held(self, answer: Answer, table: Table) -> None:
        answer.wrong = True
        self._complain(
            table, answer.row, "state", _("The answer that stands says more than a workbook can hold, and would lose it."),
            _("Change it on its page, and choose “leave as it is” here."),
        )  # fmt: skip

    def _declined(self, answer: Answer, table: Table) -> None:
        """Not our part, not yet known …: only words about why, and nothing that would be lost."""
        if answer.inputs or answer.costs or CONTENT & set(answer.said):
            answer.wrong = True
            self._complain(table, answer.row, "state", _("You do not declare this part, but say something about it."),
                           _("Choose “declare”, or clear its prices, statements, inputs and costs."))  # fmt: skip
        needs = {LATER: ["until", "why"], "other_maker": ["maker", "why"]}.get(answer.state, ["why"])
        for key in needs:
            if not answer.said.get(key) and key not in table.keyed(answer.row):
                answer.wrong = True
                self._complain(table, answer.row, key, *NEEDED[key]())
        for key, most in (("why", 300), ("maker", 160)):
            if len(answer.said.get(key) or "") > most:
                self._complain(
                    table,
                    answer.row,
                    key,
                    _("This is longer than %(most)s characters.") % {"most": most},
                    _("Shorten it."),
                )
        until = answer.said.get("until") if answer.state == LATER else None
        asked = self.asked.get(answer.key[0], [])
        if until and (until <= timezone.localdate() or any(until >= row.ends for row in asked)):
            self._complain(table, answer.row, "until", _("This day is over, or the period that is asked about ends before it."),
                           _("Choose a day in between."))  # fmt: skip

    # complaints
    def _complain(self, table: Table, row: int, key: str, reason: str, cure: str) -> bool:
        self._at(table, row, table.place(key), reason, cure)
        return False

    def _at(self, table: Table, row: int, at: int, reason: str, cure: str) -> None:
        cell = table.sheet.rows.get(row, {}).get(at)
        shown = str(cell)[:120] if cell else ""
        self.complaints.append(Complaint(table.sheet.name, name_of(row, at), shown, reason, cure))
        self.marked.add((table.sheet.name, name_of(row, at)))

    def _at_path(self, answer: Answer, place: tuple[str, int, str], text: str) -> None:
        sheet, index, key = place
        table = self.layout.tables.get(sheet) or self.layout.tables["answers"]
        row = answer.row
        if sheet == "inputs" and index < len(answer.inputs):
            row = answer.inputs[index][0]
        elif sheet == "costs" and answer.costs:
            row = answer.costs[0]
        elif sheet != "answers":
            table = self.layout.tables["answers"]
        if (
            table.sheet.name,
            name_of(row, table.place(key)),
        ) not in self.marked:  # else it follows from what is said there
            self._complain(table, row, key, text, _("Correct this cell and upload the file again."))


NEEDED = {
    "until": lambda: (_("By which day will it be known?"), _("Type the day as 2026-11-24.")),
    "why": lambda: (_("Why you do not declare it is missing."), _("Say in a sentence what stands in the way.")),
    "maker": lambda: (_("Who makes it is missing."), _("Type the company’s name as on its papers.")),
}
