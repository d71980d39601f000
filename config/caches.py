"""Counts of tries in Redis, where there is one: while it does not answer nobody is kept out, and axes still counts in the database."""

import logging

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger("traceline.cache")


class RedisOrNothing(RedisCache):
    """Django's own cache in Redis; what cannot be asked is not known, and what cannot be kept is not kept."""

    def get(self, key, default=None, version=None):
        return self._tried(default, super().get, key, default, version)

    def set(self, key, value, *given, **named):
        return self._tried(None, super().set, key, value, *given, **named)

    def add(self, key, value, *given, **named):
        return self._tried(True, super().add, key, value, *given, **named)

    def delete(self, key, version=None):
        return self._tried(False, super().delete, key, version)

    def touch(self, key, *given, **named):
        return self._tried(False, super().touch, key, *given, **named)

    def has_key(self, key, version=None):
        return self._tried(False, super().has_key, key, version)

    def get_many(self, keys, version=None):
        return self._tried({}, super().get_many, keys, version)

    def incr(self, key, delta=1, version=None):
        return self._tried(delta, super().incr, key, delta, version)

    def _tried(self, otherwise, do, *given, **named):
        try:
            return do(*given, **named)
        except RedisError as gone:
            log.warning("the cache does not answer: %s", gone)
            return otherwise
