"""NAFTA heavy-duty goods, top down, in the words of s.10(1): what each material adds by its role."""

from fractions import Fraction as F

from tests.reference import tracing_list
from tests.reference.all_or_nothing import Law, decided, plain, value
from tests.reference.plain import extra, num, total_cost

ROLES = {"component", "assembly", "sub"}
ENGINE = ("8407", "8408", "870840")


def required(book, name):
    """Requirement and form of a part for a heavy-duty vehicle from fiscal year 2002 on."""
    if book.claim(name, "requirement") is None and (book.node(name).get("hs") or "").replace(".", "").startswith(
        ENGINE
    ):
        return F(60), "both"
    return tracing_list.other_part(book, name)


LAW = Law("nafta", required, status=lambda book, name: originates(book, name))


def rvc(book):
    net = total_cost(book, book.top)[2]
    return 100 * (net - sum_of(book, book.top, {"a", "b", "c", "d", "e", "f"})) / net


def role_of(book, line, source):
    child = book.child(source)
    said = (book.claim(child, "role") if child else None) or (line.get("claims") or {}).get("role")
    if said:
        return None if said == "none" else said
    code = (line.get("hs") or (book.node(child).get("hs") if child else None) or "").replace(".", "")
    return "component" if code.startswith(ENGINE) else None


def heavy_good(book, name):
    code = (book.node(name).get("hs") or "").replace(".", "")
    role = book.claim(name, "role") or ("component" if code.startswith(ENGINE) else None)
    return name == book.top or role in {"component", "assembly"}


def originates(book, name):
    """As under the ordinary rules; a component or an assembly by its value under s.10 itself."""
    key = ("heavy status", name)
    if key not in book.memo:
        book.memo[key] = _originates(book, name)
    return book.memo[key]


def _originates(book, name):
    said = [row for row in book.said(name, "nafta") if "originates" in row or row.get("para") in {"f", "g"}]
    stated = bool(said) or book.claim(name, "originates") is not None or book.node(name).get("body") is None
    if stated or book.away(book.node(name).get("made_in")):
        return decided(book, LAW, name)
    percent, form = required(book, name)
    costs = total_cost(book, name)
    if heavy_good(book, name):
        foreign = sum_of(book, name, {"a", "b", "c", "d", "e", "f"})
        entering = sum((w * taken(book, name, ln, src)[1] for ln, src, w in book.sources(name)), F(0))
        net, total = (costs[2], costs[0]) if costs else (None, None)
    else:
        found, foreign = value(book, LAW, name, percent or F(0))
        entering, (net, _, total) = foreign, found or (None, None, None)
    if entering == 0 and not open_below(book, name):
        return True
    if total and 100 * foreign <= 7 * total:
        return True
    reached = 100 * (net - foreign) >= percent * net if percent is not None and net and net > 0 else None
    shift = book.claim(name, "shift")
    form = "shift" if percent is None or (form == "either" and book.claim(name, "basis") == "shift") else form
    if form == "shift":
        return shift
    if form == "rvc":
        return reached
    if form == "both":
        return False if reached is False or shift is False else True if reached and shift else None
    return True if reached or shift else False if reached is False and shift is False else None


def inputs(book, name):
    """The non-originating inputs of one listed material, at what was paid and spent for them; nothing is accumulated here."""
    total = F(0)
    for _line, source, weight in book.sources(name):
        child = book.child(source)
        whole = (num(source.get("price")) + extra(source)) * book.rate(name)
        if source.get("how") == "made":
            total += weight * (F(0) if source.get("designated") and originates(book, child) else inputs(book, child))
            continue
        place = book.node(child).get("made_in") if child else source.get("made_in")
        if book.own_import(source) or book.away(place):
            total += weight * whole
            continue
        status = originates(book, child) if child else None
        total += weight * (F(0) if status else whole if status is False else book.unknown(whole))
    return total


def open_below(book, name):
    if book.mode == "best":
        return False
    for _line, source, _ in book.sources(name):
        child = book.child(source)
        place = book.node(child).get("made_in") if child else source.get("made_in")
        if source.get("how") == "made" or book.own_import(source) or book.away(place):
            continue
        if child is None or originates(book, child) is None:
            return True
    return False


def taken(book, name, line, source):
    """(paragraph letter, amount) of the cheapest option of s.10(1) for one unit; own production that is looked through has None."""
    child, role = book.child(source), role_of(book, line, source)
    whole = (num(source.get("price")) + extra(source)) * book.rate(name)
    if source.get("how") == "made":
        if role is None and source.get("designated") and originates(book, child):
            return "f", F(0)
        if role == "listed" and originates(book, child):
            return "a", F(0)
        inner = sum_of(book, child, {"a", "b", "c", "d", "e", "f"})
        return ("a", min(inner, plain(book, name, source))) if role == "listed" else (None, inner)
    place = book.node(child).get("made_in") if child else source.get("made_in")
    if book.own_import(source) or book.away(place):
        return ("c" if role else "f"), whole
    status = originates(book, child) if child else None
    bodied = child is not None and book.node(child).get("body") is not None
    if status is None and role in ROLES and bodied:
        as_none, as_one = (of_role(book, source, child, said, whole)[1] for said in (False, True))
        return "e", min(as_none, as_one) if book.mode == "best" else as_none
    if status is None:
        return ("b" if role == "listed" else "e" if role else "f"), book.unknown(whole)
    if role in ROLES:
        letter, amount = of_role(book, source, child, status, whole)
        other = of_role(book, source, child, False, whole)[1]
        return (letter, amount) if amount <= other else ("e", other)
    if status:
        return "f", F(0)
    if role == "listed":
        options = [whole]
        options += [
            num(row["amount"]) * book.rate(child) for row in book.said(child, "nafta") if row.get("para") == "10b"
        ]
        if book.node(child).get("body") is not None:
            options.append(inputs(book, child))
        return "b", min(options)
    return "f", whole


def of_role(book, source, child, status, whole):
    options, letter = [whole], "d" if status else "e"
    for row in book.said(child, "nafta"):
        if row.get("para") == f"10{letter}":
            options.append(num(row["amount"]) * book.rate(child))
        percent, form = required(book, child)
        on_value = book.claim(child, "basis") in {"rvc", "both"} or (
            book.claim(child, "basis") is None and form in {"rvc", "both"}
        )
        if status and on_value and (row.get("originates") or row.get("para") in {"f", "g"}):
            stated = row.get("percent", row.get("rvc"))
            if stated is not None and (row.get("para") == "f" or row.get("originates")):
                options.append(whole * (100 - num(stated)) / 100)
            elif percent is not None and (row.get("para") == "g" or row.get("originates")):
                options.append(whole * (100 - percent) / 100)
    if book.node(child).get("body") is not None:
        options.append(stated_d(book, child) if status else stated_e(book, child))
    return letter, min(options)


def sum_of(book, name, letters):
    """Sum of the amounts under these paragraphs in one unit; own production that is looked through brings its own."""
    total = F(0)
    for line, source, weight in book.sources(name):
        letter, amount = taken(book, name, line, source)
        if letter is None:
            total += weight * sum_of(book, book.child(source), letters)
        elif letter in letters:
            total += weight * amount
    return total


def stated_d(book, name):
    """(d)(i): (a) to (c) at any depth; originating roles looked through; a non-originating one by its listed materials or whole."""
    total = F(0)
    for line, source, weight in book.sources(name):
        letter, amount = taken(book, name, line, source)
        child = book.child(source)
        if letter is None:
            total += weight * stated_d(book, child)
        elif letter in {"a", "b", "c"}:
            total += weight * amount
        elif letter in {"d", "e"}:
            total += weight * inner_role(book, name, source, child, letter, amount)
    return total


def inner_role(book, name, source, child, letter, amount):
    """A role inside a role, in a (d)(i) statement; while something in it is open, the better or the worse of both readings."""
    if child is None or book.node(child).get("body") is None:
        return amount
    whole = (num(source.get("price")) + extra(source)) * book.rate(name)
    as_d, as_e = stated_d(book, child), min(sum_of(book, child, {"a", "b"}), whole)
    if open_anywhere(book, child) or originates(book, child) is None:
        return min(as_d, as_e) if book.mode == "best" else max(as_d, as_e)
    return as_d if letter == "d" else as_e


def open_anywhere(book, name):
    """Whether any answer is missing in it or below it, on this side of the border."""
    for _, source, _ in book.sources(name):
        child = book.child(source)
        place = book.node(child).get("made_in") if child else source.get("made_in")
        if source.get("how") != "made" and (book.own_import(source) or book.away(place)):
            continue
        if child is None or open_anywhere(book, child):
            return True
        if source.get("how") != "made" and originates(book, child) is None:
            return True
    return False


def stated_e(book, name):
    """(e)(i): (a) to (d) and (f); what a nested non-originating role holds of them."""
    total = F(0)
    for line, source, weight in book.sources(name):
        letter, amount = taken(book, name, line, source)
        child = book.child(source)
        bodied = child is not None and book.node(child).get("body") is not None and originates(book, child) is not None
        if letter is None or (letter == "e" and bodied):
            total += weight * stated_e(book, child)
        else:
            total += weight * amount
    return total


__all__ = ["LAW", "required", "rvc", "value"]
