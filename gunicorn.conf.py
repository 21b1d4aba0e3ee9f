"""How gunicorn serves the app: two processes of threads, waiting cheaply for Zoom.

Requests in flight are at most workers x threads. Zoom takes 0.2-1 s to answer, so a small number of threads would make
requests queue; 512 threads per worker carry 600 waiting requests with room to spare (`dev.py bench --only in-flight`),
and a thread is only started when needed. More in one worker fight over the interpreter lock. Clients that send slowly
hold no thread (zoomapp/server/worker.py); docs/deployment.md says which routers keep them away altogether.
"""

import gc
import os
import resource
import shutil
import signal
import tempfile
from pathlib import Path

# The same values as in zoomapp/config.py; the app itself refuses others.
fast_path = os.environ.get("FAST_PATH", "").strip().lower() not in ("0", "false", "no")
worker_class = "zoomapp.fastpath.worker.KeepAliveWorker" if fast_path else "zoomapp.server.worker.TimeLimitedWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
threads = int(os.environ.get("WEB_THREADS", 512))
worker_connections = 2000

# Each connection is an open file, and so is each one to Zoom. Many hosts start a process with 1,024.
OPEN_FILES = 4096
soft_limit, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
if soft_limit != resource.RLIM_INFINITY and soft_limit < OPEN_FILES:
    most = OPEN_FILES if hard_limit == resource.RLIM_INFINITY else min(OPEN_FILES, hard_limit)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard_limit))

# One copy of the code for all workers; connections and threads are only opened after the fork.
preload_app = True

# Longer than the 90 s for which Heroku's router keeps an idle connection: else it meets connections we just closed.
keepalive = 100
# In-flight requests end within the 30 s a host gives after SIGTERM.
graceful_timeout = 25
timeout = 30

# The heartbeat file must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# A socket through which other processes could command this one; on by default.
control_socket_disable = True
# The app writes its own JSON line per request.
accesslog = None

# Where the workers' counters meet; the client library looks for it when it is first imported. A folder that is given is
# the operator's to empty; ours is remembered where a reload of this file finds it, too.
if os.environ.get("METRICS_TOKEN") and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    made = tempfile.mkdtemp(prefix="metrics-", dir=worker_tmp_dir)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = os.environ["METRICS_FOLDER_MADE_HERE"] = made


def on_starting(server):
    """What a stranger sent is escaped and cut in gunicorn's own log lines, too."""
    from zoomapp.log_setup import SafeFormatter

    for handler in server.log.error_log.handlers:
        handler.setFormatter(SafeFormatter(server.log.error_fmt, server.log.datefmt))


def when_ready(server):
    """What was loaded before the fork stays one copy: a collection would write into each of its objects."""
    gc.collect()
    gc.freeze()


def child_exit(server, worker):
    """A worker that left no longer counts among the living; what it counted stays."""
    if fast_path:
        from zoomapp.fastpath.worker import worker_exited

        worker_exited(worker.age)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    if made_here := os.environ.get("METRICS_FOLDER_MADE_HERE"):
        shutil.rmtree(made_here, ignore_errors=True)


def post_worker_init(worker):
    """A worker looks for events that a dead one left. Told to leave, it begins no token refresh, and ends its own."""
    services = worker.app.wsgi().extensions.get("zoomapp")
    if services is None:  # another app, as the benchmark's
        return
    services.begin_work()
    leave = signal.getsignal(signal.SIGTERM)

    def drain(signum, frame):
        services.begin_shutdown()
        leave(signum, frame)

    signal.signal(signal.SIGTERM, drain)
    signal.siginterrupt(signal.SIGTERM, False)  # installing a handler had switched this back on
