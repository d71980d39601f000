"""The bell's tones in the suppliers' room: each task calls one action, and the rows are the queue."""

from celery import shared_task

from suppliers.actions import uploads


@shared_task(name="suppliers.read_uploads", ignore_result=True)
def read_uploads() -> None:
    uploads.read_due()
