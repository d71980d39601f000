"""stub"""
from django.core import signing
from django.conf import settings
class Stale(ValueError): pass
class Unknown(ValueError): pass
def made(purpose, pk, *, days=30):
    return signing.dumps([str(pk), days], salt=purpose)
def read(purpose, token):
    try:
        return signing.loads(token, salt=purpose, max_age=86400*60)[0]
    except signing.SignatureExpired: raise Stale
    except signing.BadSignature: raise Unknown
def absolute(path): return "http://localhost:8000"+path
