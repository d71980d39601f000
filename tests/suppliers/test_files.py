"""Files are kept once under their digest, whole or not at all, and no scanner is passed by unseen."""

import hashlib
import io
import resource
import socketserver
import struct
import threading
from pathlib import Path

import pytest

from suppliers import files

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


class Clamd(socketserver.StreamRequestHandler):
    """The INSTREAM half of clamd, by its own documentation: length-prefixed chunks, an empty one ends."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
        said = b"stream: Eicar-Signature FOUND" if EICAR in data else b"stream: OK"
        self.wfile.write((self.server.says or said) + b"\0")


@pytest.fixture
def clamd(settings):
    class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
        daemon_threads, says = True, b""

    with Server(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMAV = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def every(folder) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def test_the_same_bytes_twice_are_one_file(folder):
    data = b"bill of materials " * 9000
    digest, size = files.kept(io.BytesIO(data), limit=10**6)
    assert (digest, size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert files.kept(io.BytesIO(data), limit=10**6) == (digest, size)
    assert every(folder) == [folder / digest[:2] / digest]
    with files.opened(digest) as stream:
        assert stream.read() == data


def test_one_byte_too_many_keeps_nothing(folder):
    assert files.kept(io.BytesIO(b"x" * 1000), limit=1000)[1] == 1000
    with pytest.raises(files.TooLarge, match=r"0\.001 MB"):
        files.kept(io.BytesIO(b"y" * 1001), limit=1000)
    assert len(every(folder)) == 1


def test_a_stream_that_breaks_keeps_nothing(folder):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError("the line is cut")
            return super().read(10)

    with pytest.raises(OSError, match="cut"):
        files.kept(Broken(b"z" * 99), limit=1000)
    assert every(folder) == []


def test_a_full_disk_is_told_in_words_and_keeps_nothing(folder):
    """The kernel refuses to write more, as it does where the disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(files.NoRoom, match="Try again later"):
            files.kept(io.BytesIO(b"z" * 500_000), limit=1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert every(folder) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64])
def test_no_name_leads_out_of_the_folder(name):
    with pytest.raises(files.Missing):
        files.opened(name)


def test_a_changed_or_lost_file_is_found(folder):
    digest, _ = files.kept(io.BytesIO(b"as it was"), limit=100)
    assert files.fault(digest) == ""
    (folder / digest[:2] / digest).write_bytes(b"as it is!")
    assert files.fault(digest) == "changed"
    (folder / digest[:2] / digest).unlink()
    assert files.fault(digest) == "missing"


def test_the_scanner_sees_every_byte(clamd, folder):
    clean = b"c" * 200_000
    assert files.kept(io.BytesIO(clean), limit=10**6)[1] == 200_000
    with pytest.raises(files.Infected):
        files.kept(io.BytesIO(clean + EICAR), limit=10**6)
    assert len(every(folder)) == 1


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR", b"\xff\xfe", b"stream: "])
def test_whatever_else_the_scanner_says_is_no_yes(clamd, folder, says):
    clamd.says = says
    with pytest.raises(files.ScannerSilent):
        files.kept(io.BytesIO(b"clean"), limit=100)
    assert every(folder) == []


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl", "tcp://127.0.0.1:notaport"])
def test_a_scanner_that_is_not_there_refuses_the_file(settings, folder, address):
    settings.CLAMAV = address
    with pytest.raises(files.ScannerSilent, match="does not answer"):
        files.kept(io.BytesIO(b"clean"), limit=100)
    assert every(folder) == []
