"""The bell’s tones: each task carries ids only and calls one action."""

from celery import shared_task

from tracing.actions import bells, days, traces


@shared_task(name="tracing.spread", ignore_result=True)
def spread() -> None:
    bells.spread()


@shared_task(name="tracing.retrace", ignore_result=True)
def retrace(vehicle: str) -> None:
    traces.retrace(vehicle)


@shared_task(name="tracing.daily", ignore_result=True)
def daily() -> None:
    traces.daily()


@shared_task(name="tracing.days", ignore_result=True)
def dated() -> None:
    days.work()


@shared_task(name="tracing.calendar", ignore_result=True)
def calendar() -> None:
    days.prepare()
