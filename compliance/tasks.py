"""The bell's tone in the room of decisions: a task calls one action, and the rows are the queue."""

from celery import shared_task

from compliance.actions import checks, takeouts


@shared_task(name="compliance.make_takeouts", ignore_result=True)
def make_takeouts() -> None:
    takeouts.make_due()


@shared_task(name="compliance.check_answers", ignore_result=True)
def check_answers() -> None:
    checks.bring_all_up()


@shared_task(name="compliance.check_anew", ignore_result=True)
def check_anew() -> None:
    checks.check_due_anew()
