"""The bell's tones in the suppliers' room: each task calls one action, and the rows are the queue."""

from celery import shared_task

from suppliers.actions import mails


@shared_task(name="suppliers.send_mail", ignore_result=True)
def send_mail() -> None:
    mails.send_due()
