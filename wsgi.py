"""The app as a WSGI server wants it: `gunicorn -c gunicorn.conf.py wsgi:app`. `flask` finds it here, too."""

import sys

from zoomapp import cli, create_app
from zoomapp.errors import ConfigError

try:
    app = create_app()
except ConfigError as error:
    if not cli.asked_for():
        # Whoever deploys needs the list of what to set; a traceback would only bury it.
        print(error, file=sys.stderr)
        sys.exit(1)
    app = cli.unconfigured(error)
