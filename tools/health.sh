#!/bin/sh
# Whether the box answers, for whoever watches over the container.
exec .venv/bin/python - <<'PYTHON'
import os, urllib.request
urllib.request.urlopen(f"http://127.0.0.1:{os.environ.get('KARAOKE_PORT') or 8080}/health", timeout=4).close()
PYTHON
