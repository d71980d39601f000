"""One changed byte anywhere is found; keys that are not trusted are not; revoked is said."""

import datetime as dt
import hashlib
import json
import random

import pytest

from compliance import commitments, keys, replay, verification
from compliance.actions import certificates
from tracing.engine import dossier

FLIPS = 400


def test_genuine(files, trusted):
    for raw in vars(files).values():
        found = verification.verify(raw, trusted())
        assert found.ok and "Traced-content certificate 1 of Meridian Motors" in found.line, found.line


@pytest.mark.parametrize("kind", ["json", "pdf", "dossier"])
def test_one_changed_byte_anywhere_is_found(files, trusted, kind):
    raw, known, chance = getattr(files, kind), trusted(), random.Random(17)
    step = max(1, len(raw) // FLIPS)
    missed = []
    for place in [*range(0, len(raw), step), len(raw) - 1]:
        changed = bytearray(raw)
        changed[place] ^= 1 << chance.randrange(8)
        if verification.verify(bytes(changed), known).ok:
            missed.append((place, raw[max(0, place - 10) : place + 10]))
    assert missed == []


@pytest.mark.parametrize("kind", ["json", "pdf", "dossier"])
def test_cut_off_grown_or_empty_is_found(files, trusted, kind):
    raw, known = getattr(files, kind), trusted()
    for changed in (
        raw[:-1],
        raw + b"\n",
        raw + b" ",
        b"\n" + raw,
        raw[: len(raw) // 2],
        b"",
        b"%PDF-1.7",
        b"[]",
        b"{}",
    ):
        assert not verification.verify(changed, known).ok


def test_the_same_words_written_otherwise_are_not_the_file(files, trusted):
    loose = json.dumps(json.loads(files.json)).encode()
    assert "not written as it was handed out" in verification.verify(loose, trusted()).line


def test_an_unknown_key_is_named_and_not_trusted(files, trusted, tmp_path):
    other = keys.active(tmp_path / "other", make=True)
    known = trusted()
    payload = json.loads(files.json)["payload"]
    payload["tests"][0]["worst"] = "99"
    forged = {"payload": payload, "jws": keys.sign(verification.canonical(payload), other)}
    raw = (json.dumps(forged, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    found = verification.verify(raw, known)
    assert not found.ok and "unknown key" in found.line
    named = {"keys": [{**keys.public(tmp_path / "other")["keys"][0], "kid": known["keys"][0]["kid"]}]}
    assert not verification.verify(files.json, named).ok


def test_a_retired_key_still_verifies(files, trusted, settings, clock):
    old = trusted()["keys"][0]["kid"]
    keys.renew(settings.SIGNING_KEYS, at=dt.date(2026, 11, 25))
    known = trusted()
    assert [one.get("retired") for one in known["keys"]] == ["2026-11-25", None] and known["keys"][0]["kid"] == old
    assert verification.verify(files.pdf, known).ok
    assert (settings.SIGNING_KEYS / "signing.pem").stat().st_mode & 0o777 == 0o600


def test_no_key_is_made_silently(tmp_path):
    with pytest.raises(keys.NoKey):
        keys.active(tmp_path / "none")


def test_a_revocation_is_another_document(cast, certificate, files, trusted, clock):
    row = certificates.revoke(certificate, by=cast.ed, why="The axle's costs were wrong.")
    paper = certificates.revocation_file(row)
    assert verification.verify(paper, trusted()).line.startswith("genuine revocation of certificate 1")
    plain = verification.verify(files.pdf, trusted())
    assert plain.ok
    held = verification.held_against(plain, paper, trusted())
    assert not held.ok and held.line == "revoked on 2026-11-24: The axle's costs were wrong."
    broken = paper.replace(b"costs", b"coats")
    assert not verification.held_against(plain, broken, trusted()).ok
    with pytest.raises(certificates.NotAccepted):
        certificates.revoke(certificate, by=cast.ed, why="again")


def test_replay_gives_the_same_bytes(files, trusted):
    assert replay.replay(files.dossier, trusted()).code == replay.RECOMPUTED


@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_a_certificate_alone_is_sealed(files, trusted, certificate, kind):
    found = replay.replay(getattr(files, kind), trusted())
    assert (found.code, found.line) == (2, f"cannot recompute: {len(certificate.says['sealed'])} figures are sealed")


def test_another_price_with_everything_else_rewritten_is_found(files, trusted):
    data = json.loads(files.dossier)
    data["declarations"]["acme-bolts/AB-M12"]["body"][0]["sources"][0]["price"] = "0.3"
    found = replay.replay(verification.canonical(data) + b"\n", trusted())
    assert found.code == 1 and "declarations" in found.line


def test_missing_openings_are_counted(files, trusted):
    data = json.loads(files.dossier)
    data["openings"] = data["openings"][3:]
    found = replay.replay(verification.canonical(data) + b"\n", trusted())
    assert (found.code, found.line) == (2, "cannot recompute: 3 figures are sealed")


def test_commitments_hide_even_when_all_else_is_known(certificate, files):
    """Whoever knows every declaration but one price, and the form of every leaf, cannot search for the price."""
    known = json.loads(files.dossier)
    del known["certificate"], known["openings"]
    source = known["declarations"]["acme-bolts/AB-M12"]["body"][0]["sources"][0]
    right, shown = source["price"], files.json.decode() + certificate.jws
    guesses = [right] + [f"{price / 10_000:.6f}".rstrip("0") for price in range(3000, 3400)]
    recovered = []
    for price in guesses:
        source["price"] = price
        digest = dossier.digest(known)
        results = [
            dossier.digest({"inputs": digest}),
            hashlib.sha256(dossier.canonical(["inputs", digest])).hexdigest(),
        ]
        tried = [digest, *results, commitments.Opening("inputs", "0" * 32, digest).commitment]
        recovered += [price for guess in tried if guess in shown]
    assert recovered == []
    opening = certificate.openings.get(leaf="inputs")
    source["price"] = right
    assert opening.value == dossier.digest(known)
    again = commitments.Opening("inputs", opening.salt, opening.value)
    assert again.commitment == certificate.says["sealed"]["inputs"]
    assert certificate.outcome.trace.digest not in shown and certificate.outcome.digest not in shown


def test_salts_are_long_never_repeated_and_not_in_the_certificate(certificate, files):
    salts = list(certificate.openings.values_list("salt", flat=True))
    assert len(set(salts)) == len(salts) == len(certificate.says["sealed"])
    assert all(len(salt) == 32 and salt.encode() not in files.json + files.pdf for salt in salts)


def test_the_same_figures_are_sealed_differently_each_time():
    assert commitments.seal("part.0.0", "7").commitment != commitments.seal("part.0.0", "7").commitment
