"""Files and archives that are no workbook, or no longer one: cut, flipped, packed with what must not be opened."""

import re
import struct

from tests.broken.making import STRINGS, Broken, rezipped


def truncated(good, dice):
    return Broken("", "a.xlsx", good[: dice.randrange(1, len(good) - 30)], "refused")


def flipped(good, dice):
    data = bytearray(good)
    for _one in range(dice.randrange(1, 40)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return Broken("", "a.xlsx", bytes(data), "any")


def wrong_type(good, dice):
    data = dice.choice([
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), b"%PDF-1.7\n", b"<html><table><tr><td>part</td></tr></table></html>", b"GIF89a" + bytes(60),
        b"PK\x05\x06" + bytes(18), bytes(200), b"{\\rtf1}", b"\x1f\x8b\x08" + bytes(40),
    ])  # fmt: skip
    return Broken("", dice.choice(["a.xlsx", "a.XLSX"]), data, "refused")


def wrong_ending(good, dice):
    name = dice.choice(["a.xlsm", "a.xls", "a.ods", "a.csv", "a.xlsx.exe", "a", "a.xlsb", "a.txt", "a.zip"])
    return Broken("", name, good, "refused")


def macros(good, dice):
    name = dice.choice(
        ["xl/vbaProject.bin", "xl/embeddings/oleObject1.bin", "xl/activeX/activeX1.bin", "xl/macrosheets/sheet1.xml"]
    )
    return Broken("", "a.xlsx", rezipped(good, lambda entries: entries.__setitem__(name, b"x")), "refused")


def macro_type(good, dice):
    def change(entries):
        entries["[Content_Types].xml"] = entries["[Content_Types].xml"].replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )

    return Broken("", "a.xlsx", rezipped(good, change), "refused")


def encrypted(good, dice):
    data = bytearray(good)
    for match in re.finditer(b"PK\x01\x02", good):
        data[match.start() + 8] |= 1
    return Broken("", "a.xlsx", bytes(data), "refused")


def bomb(good, dice):
    def change(entries):
        name = dice.choice([STRINGS, "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/junk.xml"])
        entries[name] = entries.get(name, b"") + b" " * (70 * 1024 * 1024)

    return Broken("", "a.xlsx", rezipped(good, change), "refused")


def lying_sizes(good, dice):
    """The table of contents says less than is in it."""
    data = bytearray(rezipped(good, lambda entries: entries.__setitem__(STRINGS, b"<sst>" + b" " * 60_000_000)))
    for match in re.finditer(b"PK\x01\x02", bytes(data)):
        struct.pack_into("<I", data, match.start() + 24, 100)
    return Broken("", "a.xlsx", bytes(data), "refused")


def many_entries(good, dice):
    return Broken(
        "",
        "a.xlsx",
        rezipped(good, lambda entries: entries.update({f"xl/x{n}.xml": b"" for n in range(500)})),
        "refused",
    )


def traversal(good, dice):
    name = dice.choice(["../../etc/passwd", "/etc/passwd", "xl\\..\\..\\x", "xl/../../x"])
    return Broken("", "a.xlsx", rezipped(good, lambda entries: entries.__setitem__(name, b"x")), "refused")


def entities(good, dice):
    """XXE and a billion laughs."""
    kind = dice.choice([
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:/etc/passwd">]>',
        b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">',
    ])  # fmt: skip
    name = dice.choice(["xl/worksheets/sheet1.xml", STRINGS, "xl/workbook.xml", "xl/styles.xml"])

    def change(entries):
        head, mark, rest = entries[name].partition(b"?>")
        entries[name] = head + mark + kind + rest

    return Broken("", "a.xlsx", rezipped(good, change), "refused")


def cut_xml(good, dice):
    name = dice.choice(
        ["xl/worksheets/sheet1.xml", STRINGS, "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
    )

    def change(entries):
        data = entries[name]
        entries[name] = data[: dice.randrange(1, len(data) - 20)]

    verdict = "any" if name.startswith("[") else "refused"
    return Broken("", "a.xlsx", rezipped(good, change), verdict)


def lost_entry(good, dice):
    name = dice.choice(
        ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"]
    )
    return Broken("", "a.xlsx", rezipped(good, lambda entries: entries.pop(name)), "refused")
