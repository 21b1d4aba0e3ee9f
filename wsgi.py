"""The app as a WSGI server wants it: `gunicorn -c gunicorn.conf.py wsgi:app`."""

import sys

from zoomapp import create_app
from zoomapp.errors import ConfigError

try:
    app = create_app()
except ConfigError as error:
    # Whoever deploys needs the list of what to set; a traceback would only bury it.
    print(error, file=sys.stderr)
    sys.exit(1)
