"""The bell's tones in the suppliers' room: each task calls one action, and the rows are the queue."""

from celery import shared_task

from suppliers.actions import leftovers, letters, mails, notices, uploads


@shared_task(name="suppliers.send_mail", ignore_result=True)
def send_mail() -> None:
    mails.send_due()


@shared_task(name="suppliers.write_letters", ignore_result=True)
def write_letters() -> None:
    letters.write_due()


@shared_task(name="suppliers.write_notices", ignore_result=True)
def write_notices() -> None:
    notices.write_due()


@shared_task(name="suppliers.read_uploads", ignore_result=True)
def read_uploads() -> None:
    uploads.read_due()


@shared_task(name="suppliers.sweep_files", ignore_result=True)
def sweep_files() -> None:
    leftovers.sweep()
