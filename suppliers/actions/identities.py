"""Being who one says: a company's own words on itself, its official numbers and its plants, and a new name."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from stdnum import lei
from stdnum.ca import bn
from stdnum.eu import vat
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength
from stdnum.exceptions import ValidationError as Wrong
from stdnum.mx import rfc
from stdnum.us import ein

from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Identifier, Membership, Organisation, Plant, Renaming

ADMINISTER = "administrator"
PLANTERS = ("editor", "certifier", "administrator")


def _mexican(number: str) -> str:
    """As the tax authority's own schema of invoices has it: letters, a date, three signs, the last a digit or A.

    The published check digit is not asked for: of the numbers in use about one in seventy does not fit it, and the authority
    confirms such numbers as its own. ``doubt`` says so of one.
    """
    kept = str(rfc.validate(number))
    if kept[-1] not in "0123456789A":
        raise InvalidFormat()
    return kept


def _duns(number: str) -> str:
    """Nine digits; Dun & Bradstreet gave up the check digit in 2006."""
    digits = number.replace("-", "").replace(" ", "")
    if not digits.isascii() or not digits.isdigit():
        raise InvalidFormat()
    if len(digits) != 9:
        raise InvalidLength()
    return digits


CHECKS = {
    "ein": ein.validate,
    "bn": bn.validate,
    "rfc": _mexican,
    "vat": vat.validate,
    "lei": lei.validate,
    "duns": _duns,
}
SHAPES = {
    "ein": "91-1144442", "bn": "123026635", "rfc": "GODE561231GR8", "vat": "DE136695976", "lei": "213800KUD8LAJWSQ9D15",
    "duns": "15-048-3782",
}  # fmt: skip


def compact(kind: str, value: str) -> str:
    """The number as it is kept, digits and letters alone. Raises Malformed, saying what is wrong with it."""
    if kind not in CHECKS:
        raise Malformed({"kind": [_("Choose which number this is.")]})
    try:
        return str(CHECKS[kind](value.strip())).upper()
    except InvalidChecksum:
        told = _("The check digit of %(value)s does not fit: a digit is mistyped or two are swapped.")
    except InvalidLength:
        told = _("%(value)s is too short or too long: it looks like %(shape)s.")
    except Wrong:
        told = _("%(value)s is not such a number: it looks like %(shape)s.")
    raise Malformed({"value": [told % {"value": value.strip() or "…", "shape": SHAPES[kind]}]})


def doubt(kind: str, value: str) -> str:
    """Why a number that is well formed should be looked at once more; empty where nothing speaks against it."""
    try:
        if kind == "rfc":
            rfc.validate(value, validate_check_digits=True)
    except Wrong:
        return _(
            "The last sign does not fit the published rule. Some genuine RFCs are so; most are mistyped: compare it with "
            "your tax certificate (constancia de situación fiscal)."
        )
    return ""


@transaction.atomic
def identify(organisation: Organisation, *, kind: str, value: str, by: Membership) -> Identifier:
    """Enter or mend an official number of one's own company. Raises Malformed, NotYourRight."""
    demand(by, ADMINISTER, of=organisation)
    kept = compact(kind, value)
    row, _new = Identifier.objects.update_or_create(organisation=organisation, kind=kind, defaults={"value": kept})
    return row


@transaction.atomic
def forget(identifier: Identifier, *, by: Membership) -> None:
    """Take a number off one's own company again. Raises NotYourRight."""
    demand(by, ADMINISTER, of=identifier.organisation)
    identifier.delete()


@transaction.atomic
def describe(
    organisation: Organisation, *, country: str, address: str, language: str, fiscal_year_start: dt.date | None, by: Membership
) -> Organisation:  # fmt: skip
    """Where the company is seated, how it is written to, and when its year begins. Raises Malformed, NotYourRight."""
    demand(by, ADMINISTER, of=organisation)
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if fiscal_year_start != locked.fiscal_year_start and _rests_on_the_year(locked):
        raise Malformed({"fiscal_year_start": [_(
            "Signed answers name no fiscal year of their own and would change with this: enter it in the next answers instead."
        )]})  # fmt: skip
    locked.country, locked.address = country.strip().upper(), address.strip()
    locked.language, locked.fiscal_year_start = language, fiscal_year_start
    if len(locked.address) > 400:
        raise Malformed({"address": [_("This is longer than 400 characters: shorten it.")]})
    try:
        locked.full_clean()
    except ValidationError as wrong:
        raise Malformed(wrong.message_dict) from None
    locked.save(update_fields=["country", "address", "language", "fiscal_year_start"])
    return locked


def _rests_on_the_year(organisation: Organisation) -> bool:
    return Declaration.objects.signed().filter(part__organisation=organisation, fiscal_year_start__isnull=True).exists()


@transaction.atomic
def rename(organisation: Organisation, *, name: str, by: Membership) -> Renaming:
    """The company bears another name from now on; what it signed keeps the old one. Raises Malformed, NotYourRight.

    Its administrator may, and an operator.
    """
    if by.holds("operator"):
        demand(by, "operator")
    else:
        demand(by, ADMINISTER, of=organisation)
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    name = " ".join(name.split())
    if not name or len(name) > 160:
        raise Malformed({"name": [_("The new name, of at most 160 characters, is needed.")]})
    if name == locked.name:
        raise Malformed({"name": [_("This is its name already.")]})
    row = Renaming.objects.create(by=by, organisation=locked, old=locked.name, new=name)
    Organisation.objects.filter(pk=locked.pk).update(name=name)
    return row


@transaction.atomic
def add_plant(organisation: Organisation, *, code: str, name: str, country: str, by: Membership) -> Plant:
    """A place where the company makes things. Its code and country stay. Raises Malformed, NotYourRight."""
    demand(by, *PLANTERS, of=organisation)
    return _planted(Plant(organisation=organisation, code=code.strip(), country=country.strip().upper()), name)


@transaction.atomic
def change_plant(plant: Plant, *, name: str, by: Membership) -> Plant:
    """Another name for a plant: code and country stand in what was signed. Raises Malformed, NotYourRight."""
    demand(by, *PLANTERS, of=plant.organisation)
    return _planted(Plant.objects.select_for_update().get(pk=plant.pk), name)


def _planted(plant: Plant, name: str) -> Plant:
    plant.name = name.strip()
    try:
        plant.full_clean()
        plant.save()
    except ValidationError as wrong:
        told = wrong.message_dict
        raise Malformed({"code" if field == "__all__" else field: said for field, said in told.items()}) from None
    except IntegrityError:
        raise Malformed({"code": [_("Your organisation already has a plant with this code.")]}) from None
    return plant
