"""The bell's tone in the room of decisions: a task calls one action, and the rows are the queue."""

from celery import shared_task

from compliance.actions import takeouts


@shared_task(name="compliance.make_takeouts", ignore_result=True)
def make_takeouts() -> None:
    takeouts.make_due()
