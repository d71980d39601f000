"""A real mail server for tests, on a free port of this machine."""

import socket
import threading

import pytest
from aiosmtpd.controller import Controller


class Post:
    """Takes what is sent to it, or answers as told."""

    def __init__(self):
        self.taken, self.answers, self.lock = [], {}, threading.Lock()
        self.then = None  # called once a message is taken, before the server says so

    async def handle_RCPT(self, server, session, envelope, address, options):
        if said := self.answers.get(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            self.taken.append((envelope.rcpt_tos[0], envelope.content.decode()))
        if self.then:
            self.then()
        return "250 OK"


@pytest.fixture
def post(settings):
    """A mail server on a free port; ``post.down()`` and ``post.up()`` stop and start it there."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = "127.0.0.1", False, ""
    handler, port = Post(), _free()
    running = []

    def up():
        running.append(Controller(handler, hostname="127.0.0.1", port=port))
        running[-1].start()

    handler.up, handler.down = up, lambda: running.pop().stop()
    settings.EMAIL_PORT = port
    up()
    yield handler
    if running:
        handler.down()


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
