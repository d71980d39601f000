"""Exit 0 when the web process answers and its database does: the container's health gate."""

import os
import sys
import urllib.request

host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
with urllib.request.urlopen(request, timeout=4) as answer:
    sys.exit(0 if answer.status == 200 else 1)
