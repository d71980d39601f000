"""stub"""
from django.template.loader import render_to_string
from suppliers.models import Mail
def write(kind, *, to, language, context, once, sender=None, user=None, try_at=None):
    from django.utils import timezone
    f=lambda e: render_to_string(f"mails/{kind}.{e}", context)
    return Mail.objects.create(kind=kind[:10], address=to, language=language, subject=f("subject.txt").strip(), text=f("txt"), html=f("html"), once=once, sender=sender, user=user, try_at=try_at or timezone.now())
