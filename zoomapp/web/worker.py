"""The worker's import path of earlier versions, for deployments that name it in their own gunicorn settings."""

from zoomapp.fastpath.worker import KeepAliveWorker as StayingWorker

__all__ = ["StayingWorker"]
