# The app as a container: `docker build -t rollcall .`; settings come from the environment, see README.md.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8000 \
    GLIBC_TUNABLES=glibc.malloc.arena_max=2:glibc.malloc.tcache_count=0
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt && useradd --system app

COPY gunicorn.conf.py wsgi.py ./
COPY static static
COPY templates templates
COPY zoomapp zoomapp

USER app
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
CMD ["gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
