"""Signing in does not hang on Redis: while it is away nothing is counted there, and nobody is kept out."""

import socket

import pytest

from config.caches import RedisOrNothing
from tests.make import PASSWORD


def away() -> dict:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{free.getsockname()[1]}"
    return {"BACKEND": "config.caches.RedisOrNothing", "LOCATION": address}


def test_what_cannot_be_asked_is_not_known():
    cache = RedisOrNothing(away()["LOCATION"], {})
    assert cache.get("a", 7) == 7 and cache.add("a", 1) and cache.set("a", 1) is None and cache.get_many(["a"]) == {}
    assert not cache.delete("a") and not cache.touch("a") and "a" not in cache and cache.incr("a") == 1


@pytest.mark.django_db
def test_one_signs_in_while_redis_is_away(client, cast, settings):
    settings.CACHES = {"default": away()}
    cast.ada.user.set_password(PASSWORD)
    cast.ada.user.save()
    said = client.post("/accounts/login/", {"login": cast.ada.user.email, "password": PASSWORD})
    assert said.status_code == 302
