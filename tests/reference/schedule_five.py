"""NAFTA heavy-duty goods, top down, in the words of s.10(1): what each material adds by its role."""

from fractions import Fraction as F

from tests.reference import tracing_list
from tests.reference.all_or_nothing import Law, decided, little, plain, value
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
    if total and little(book, "nafta", name, foreign, total, 7):
        return True
    reached = 100 * (net - foreign) >= percent * net if percent is not None and net and net > 0 else None
    shift = book.claim(name, "shift")
    form = "shift" if percent is None or (form == "either" and book.claim(name, "basis") == "shift") else form
    form = "both" if form == "either" and book.claim(name, "basis") == "both" else form
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
        return taken_of_own(book, name, source, role)
    place = book.node(child).get("made_in") if child else source.get("made_in")
    if book.own_import(source) or book.away(place):
        return ("c" if role else "f"), whole
    status = originates(book, child) if child else None
    bodied = child is not None and book.node(child).get("body") is not None
    if role in ROLES and child is not None and (bodied or status is not None):
        options = [of_role(book, source, child, said, whole) for said in (True, False)]
        return of_either(book, child, *options)
    if status:
        return "f", F(0)
    if role == "listed" and child is not None:
        options = [whole]
        options += [
            num(row["amount"]) * book.rate(child) for row in book.said(child, "nafta") if row.get("para") == "10b"
        ]
        if book.node(child).get("body") is not None:
            options.append(inputs(book, child))
        return "b", min(options) if status is False else book.unknown(min(options))
    if status is None:
        return ("b" if role == "listed" else "e" if role else "f"), book.unknown(whole)
    return "f", whole


def taken_of_own(book, name, source, role):
    """Own production: nothing where designated and originating; a listed one that fails at (a); else what is inside it."""
    child = book.child(source)
    if role not in ROLES and source.get("designated") and originates(book, child):
        return "f", F(0)
    through = None, sum_of(book, child, {"a", "b", "c", "d", "e", "f"})
    if role != "listed":
        return through
    failing = "a", min(inputs(book, child), plain(book, name, source))
    return failing if source.get("designated") else of_either(book, child, through, failing)


def of_either(book, child, as_one, as_none):
    """(letter, amount) by whether it originates; while an answer may turn that, the lower of both at best, else the higher."""
    if sure(book, child):
        return as_one if originates(book, child) else as_none
    both = sorted([as_none, as_one], key=lambda row: row[1])
    return both[0] if book.mode == "best" else both[1]


def sure(book, child):
    """Whether no missing answer can turn whether it originates."""
    status = originates(book, child)
    if status is None:
        return False
    stated = [row for row in book.said(child, "nafta") if "originates" in row or row.get("para") in {"f", "g"}]
    if stated or book.claim(child, "originates") is not None or not open_anywhere(book, child):
        return True
    return status is not (book.mode == "best")


def of_role(book, source, child, status, whole):
    options, letter = [whole], "d" if status else "e"
    for row in book.said(child, "nafta"):
        if row.get("para") == f"10{letter}":
            options.append(num(row["amount"]) * book.rate(child))
        percent, form = required(book, child)
        form = book.claim(child, "basis") or form
        on_value = form in {"rvc", "both"} or (form == "either" and row.get("para") == "f" and "percent" in row)
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
    """(d)(i): (a) to (c) at any depth, through every role, which brings at most its own value."""
    total = F(0)
    for line, source, weight in book.sources(name):
        letter, amount = taken(book, name, line, source)
        child, role = book.child(source), role_of(book, line, source)
        if source.get("how") == "made":
            total += weight * own_stated(
                book, name, line, source, stated_d(book, child), amount if letter == "a" else F(0)
            )
        elif letter in {"a", "b", "c"} or (
            letter in {"d", "e"} and (child is None or book.node(child).get("body") is None)
        ):
            total += weight * amount
        elif letter in {"d", "e"} and role:
            whole = (num(source.get("price")) + extra(source)) * book.rate(name)
            total += weight * min(stated_d(book, child), whole)
    return total


def own_stated(book, name, line, source, through, amount):
    """What own production brings into a statement."""
    child = book.child(source)
    if role_of(book, line, source) != "listed" or source.get("designated"):
        return through if taken(book, name, line, source)[0] is None else amount
    failing = min(inputs(book, child), plain(book, name, source))
    return of_either(book, child, ("", through), ("", failing))[1]


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
        if source.get("how") == "made":
            total += weight * own_stated(book, name, line, source, stated_e(book, child), amount)
        elif letter in {"d", "e"} and child is not None and book.node(child).get("body") is not None:
            whole = (num(source.get("price")) + extra(source)) * book.rate(name)
            as_one = of_role(book, source, child, True, whole)[1]
            total += weight * of_either(book, child, ("", as_one), ("", stated_e(book, child)))[1]
        else:
            total += weight * amount
    return total


__all__ = ["LAW", "required", "rvc", "value"]
