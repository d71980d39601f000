"""WHO MAY OPEN WHICH PAGE: one line per URL name, everything else shut."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission

from suppliers.models import Membership
from suppliers.views import kept


@dataclass(frozen=True)
class Rule:
    """Who may open a page: anyone, anyone signed in, or members with a role in an organisation of a kind."""

    public: bool = False
    signed_in: bool = False
    roles: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


def may(*roles: str, of: tuple[str, ...] = ()) -> Rule:
    return Rule(roles=frozenset(roles), kinds=frozenset(of))


PUBLIC = Rule(public=True)
SIGNED_IN = Rule(signed_in=True)

COMPANY = ("supplier", "automaker")
READ = may("reader", "editor", "certifier", "administrator", "reviewer", "officer", of=COMPANY)
WRITE = may("editor", "certifier", of=COMPANY)
DRAFT = may("editor", "certifier", "officer", of=COMPANY)
CONFIRM = may("editor", "certifier", "reviewer", of=COMPANY)
ADMINISTER = may("administrator", of=COMPANY)
SIGN = may("certifier", "officer", of=COMPANY)
SEE_VEHICLES = may("reader", "editor", "certifier", "reviewer", "officer", of=("automaker",))
ASK = may("editor", "certifier", "reviewer", of=("automaker",))
ASK_MANY = may("editor", "certifier", "reviewer", of=COMPANY)
REVIEW = may("reviewer", of=("automaker",))
READ_REVIEWS = may("reviewer", "officer", of=("automaker",))
SIGN_OFF = may("officer", of=("automaker",))
ISSUE = may("reviewer", "officer", of=("automaker",))
AUDIT = may("auditor", of=("authority",))
SEE_CERTIFICATES = may("reader", "reviewer", "officer", "auditor", of=("automaker", "authority"))
ADMINISTER = may("administrator", of=COMPANY)
INVITE_FIRST = may("editor", "certifier", "reviewer", "administrator", of=COMPANY)
PLANT = may("editor", "certifier", "administrator", of=COMPANY)
TAKE_OUT = may("certifier", "administrator", "officer", of=COMPANY)
OPERATE = may("operator", of=("operator",))

TABLE: dict[str, Rule] = {
    # doors
    "home": PUBLIC,
    "healthz": PUBLIC,
    "favicon": PUBLIC,
    "account_login": PUBLIC,
    "account_logout": SIGNED_IN,
    "account_signup": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_request_login_code": PUBLIC,
    "account_confirm_login_code": PUBLIC,
    "mfa_authenticate": PUBLIC,
    "mfa_login_webauthn": PUBLIC,
    **{
        f"mfa_{page}": SIGNED_IN
        for page in [
            "index",
            "reauthenticate",
            "activate_totp",
            "deactivate_totp",
            "view_recovery_codes",
            "generate_recovery_codes",
            "download_recovery_codes",
            "list_webauthn",
            "add_webauthn",
            "reauthenticate_webauthn",
            "remove_webauthn",
            "edit_webauthn",
        ]
    },
    "suppliers:invitation-accept": PUBLIC,
    "suppliers:person-edit": SIGNED_IN,
    "suppliers:entrance-list": SIGNED_IN,
    "suppliers:membership-switch": SIGNED_IN,
    "suppliers:language-switch": PUBLIC,
    "suppliers:mail-quiet": PUBLIC,
    "suppliers:mail-list": OPERATE,
    "suppliers:bounce-end": OPERATE,
    # the operator's desk: parties only
    **{
        f"admin:{page}": OPERATE
        for page in [
            "index",
            "app_list",
            "logout",
            "jsi18n",
            "autocomplete",
            "password_change",
            "password_change_done",
            *(
                f"suppliers_{model}_{act}"
                for model in ("organisation", "user", "membership", "membershipend")
                for act in ("changelist", "add", "change", "history")
            ),
        ]
    },
    "suppliers:succession-list": OPERATE,
    "suppliers:succession-new": OPERATE,
    # people and companies
    "suppliers:membership-list": ADMINISTER,
    "suppliers:membership-change": ADMINISTER,
    "suppliers:membership-end": ADMINISTER,
    "suppliers:contact-edit": ADMINISTER,
    "suppliers:contact-reach": ADMINISTER,
    "suppliers:invitation-new": ADMINISTER,
    "suppliers:invitation-end": ADMINISTER,
    "suppliers:invitation-again": ADMINISTER,
    "suppliers:invitation-first": INVITE_FIRST,
    "suppliers:organisation-edit": READ,
    "suppliers:identifier-end": ADMINISTER,
    "suppliers:plant-edit": PLANT,
    # suppliers
    "suppliers:request-list": READ,
    "suppliers:request-answer": WRITE,
    "suppliers:request-decline": WRITE,
    "suppliers:request-made": READ,
    "suppliers:request-proof": READ,
    "suppliers:part-list": READ,
    "suppliers:sale-list": READ,
    "suppliers:sale-new": CONFIRM,
    "suppliers:purchase-list": READ,
    "suppliers:purchase-new": CONFIRM,
    "suppliers:sourcing-detail": READ,
    "suppliers:sourcing-confirm": CONFIRM,
    "suppliers:sourcing-price": CONFIRM,
    "suppliers:sourcing-correct": CONFIRM,
    "suppliers:sourcing-end": CONFIRM,
    "suppliers:sourcing-join": DRAFT,
    "suppliers:introduction-new": CONFIRM,
    "suppliers:introduction-withdraw": CONFIRM,
    "suppliers:introduction": PUBLIC,
    "suppliers:declaration-list": READ,
    "suppliers:declaration-new": DRAFT,
    "suppliers:declaration-answer-many": DRAFT,
    "suppliers:declaration-sign-many": SIGN,
    "suppliers:declaration-receipt": READ,
    "suppliers:declaration-detail": READ,
    "suppliers:declaration-edit": DRAFT,
    "suppliers:declaration-check": DRAFT,
    "suppliers:declaration-review": DRAFT,
    "suppliers:declaration-supersede": DRAFT,
    "suppliers:declaration-withdraw": SIGN,
    "suppliers:declaration-ending": READ,
    "suppliers:declaration-renew-many": DRAFT,
    "suppliers:notice-list": READ,
    "suppliers:retention-list": READ,
    "suppliers:signatory-erase": ADMINISTER,
    "suppliers:evidence-list": DRAFT,
    "suppliers:evidence-file": READ,
    "suppliers:evidence-remove": DRAFT,
    "suppliers:declaration-address": DRAFT,
    "suppliers:disclosure-list": READ,
    "suppliers:upload-list": DRAFT,
    "suppliers:workbook-download": DRAFT,
    "suppliers:upload-detail": DRAFT,
    "suppliers:upload-progress": DRAFT,
    "suppliers:upload-cancel": DRAFT,
    "suppliers:upload-apply": DRAFT,
    "suppliers:upload-original": DRAFT,
    "suppliers:upload-marked": DRAFT,
    # tracing
    "tracing:vehicle-list": SEE_VEHICLES,
    "tracing:vehicle-progress": SEE_VEHICLES,
    "tracing:vehicle-day": SEE_VEHICLES,
    "tracing:vehicle-detail": SEE_VEHICLES,
    "tracing:vehicle-compare": SEE_VEHICLES,
    "tracing:vehicle-determinations": SEE_VEHICLES,
    "tracing:vehicle-ask": ASK,
    "tracing:vehicle-trace": ASK,
    "tracing:gap-list": SEE_VEHICLES,
    "tracing:gap-act": ASK,
    "tracing:campaign-list": ASK_MANY,
    "tracing:campaign-new": ASK_MANY,
    "tracing:campaign-detail": ASK_MANY,
    "tracing:campaign-tries": ASK_MANY,
    "tracing:campaign-end": ASK_MANY,
    "tracing:rulebook-list": PUBLIC,
    "tracing:rulebook-detail": PUBLIC,
    "tracing:rulebook-calendar": PUBLIC,
    "tracing:rulebook-compare": PUBLIC,
    # compliance
    "compliance:review-list": READ_REVIEWS,
    "compliance:review-result-list": READ_REVIEWS,
    "compliance:review-ledger": READ_REVIEWS,
    "compliance:review-answer": READ_REVIEWS,
    "compliance:review-accept-many": REVIEW,
    "compliance:review-new": REVIEW,
    "compliance:signoff-new": SIGN_OFF,
    "compliance:signoff-detail": READ_REVIEWS,
    "compliance:certificate-issue": ISSUE,
    "compliance:certificate-list": SEE_CERTIFICATES,
    "compliance:certificate-detail": SEE_CERTIFICATES,
    "compliance:certificate-pdf": SEE_CERTIFICATES,
    "compliance:certificate-json": SEE_CERTIFICATES,
    "compliance:revocation-json": SEE_CERTIFICATES,
    "compliance:certificate-revoke": ISSUE,
    "compliance:certificate-grant": ISSUE,
    "compliance:grant-list": may(
        "reader", "editor", "certifier", "administrator", "reviewer", "officer", "auditor", "operator"
    ),
    "compliance:grant-new": OPERATE,
    "compliance:grant-end": may("reviewer", "officer", "operator", of=("automaker", "operator")),
    "compliance:grant-dossier": AUDIT,
    "compliance:duty-list": SEE_VEHICLES,
    "compliance:duty-detail": SEE_VEHICLES,
    "compliance:rate-list": SEE_VEHICLES,
    "compliance:takeout": TAKE_OUT,
    "compliance:tour": PUBLIC,
    "compliance:tour-enter": PUBLIC,
    "compliance:takeout-progress": TAKE_OUT,
    "compliance:takeout-file": TAKE_OUT,
    "compliance:verify": PUBLIC,
    "compliance:jwks": PUBLIC,
    # api
    "api:declaration-list": READ,
    "api:declaration-detail": READ,
    "api:declaration-check": READ,
    "api:request-list": READ,
    "api:vehicle-list": SEE_VEHICLES,
    "api:vehicle-detail": SEE_VEHICLES,
    "api:gap-list": SEE_VEHICLES,
    "api:certificate-list": SEE_CERTIFICATES,
    "api:certificate-detail": SEE_CERTIFICATES,
    "api:schema": SIGNED_IN,
    "api:docs": SIGNED_IN,
}

# Named by Django, but shut for everybody: signing in has one door, and parties are not deleted.
SHUT = {
    # An address is what an invitation was written to: another one needs another invitation.
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    "admin:login",
    "admin:view_on_site",
    *(f"admin:suppliers_{model}_delete" for model in ("organisation", "user", "membership", "membershipend")),
}


def rule_for(match) -> Rule | None:
    return TABLE.get(match.view_name) if match else None


def allowed(rule: Rule | None, membership: Membership | None, *, signed_in: bool) -> bool:
    """Whether this rule lets this membership in. No rule: shut."""
    if rule is None:
        return False
    if rule.public:
        return True
    if rule.signed_in:
        return signed_in
    if membership is None or not membership.holds(*rule.roles):
        return False
    return not rule.kinds or membership.organisation.kind in rule.kinds


def memberships_of(user) -> list[Membership]:
    """The memberships in force today, in a fixed order; read anew on every request, so that an ending bites at once."""
    if not user.is_authenticated:
        return []
    rows = Membership.objects.in_force().filter(user=user).select_related("organisation", "user__person")
    return list(rows.order_by("organisation__name"))


def _acting(rows: list[Membership], chosen: str | None) -> Membership | None:
    """The membership that was chosen; where it ended meanwhile, the one that follows it in the same organisation."""
    found = next((row for row in rows if str(row.pk) == chosen), None)
    if found is None and chosen and len(rows) > 1:
        before = Membership.objects.filter(pk=chosen).first()
        found = next((row for row in rows if before and row.organisation_id == before.organisation_id), None)
    return found or (rows[0] if rows else None)


class AccessMiddleware:
    """Sets ``request.membership`` and shuts every page that the table does not open."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.memberships = memberships_of(request.user)
        chosen = request.session.get("membership")
        request.membership = _acting(request.memberships, chosen)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        rule = rule_for(request.resolver_match)
        signed_in = request.user.is_authenticated
        if allowed(rule, request.membership, signed_in=signed_in):
            return None
        is_page = rule is not None and not request.path.startswith("/api/")
        if is_page and not signed_in:
            if request.method == "POST" and kept.keep(request):
                messages.info(
                    request, _("You were signed out. What you typed is kept: sign in and it is back on its page.")
                )
            return redirect_to_login(request.get_full_path())
        raise Http404("No such page.")


class AccessPermission(BasePermission):
    """The same table for the API."""

    def has_permission(self, request, view) -> bool:
        plain = request._request
        rule = rule_for(plain.resolver_match)
        return allowed(rule, getattr(plain, "membership", None), signed_in=plain.user.is_authenticated)


def acting_as(request) -> dict:
    """For every template: who acts for whom, and the pages that this person may open from the head of each page."""
    from django.conf import settings
    from django.urls import NoReverseMatch, reverse

    membership = getattr(request, "membership", None)
    current = getattr(getattr(request, "resolver_match", None), "view_name", "")
    nav = []
    place = current.split("-")[0]
    for group in NAVIGATION:
        before = len(nav)
        for name, label in group:
            if allowed(TABLE.get(name), membership, signed_in=membership is not None):
                try:
                    url = reverse(name)
                except NoReverseMatch:
                    continue
                here = PLACES.get(place, place) == name.split("-")[0]
                nav.append({"label": label, "url": url, "current": here, "apart": 0 < before == len(nav)})
    return {
        "membership": membership,
        "memberships": getattr(request, "memberships", []),
        "nav": nav,
        "company_page": bool(membership) and allowed(TABLE["suppliers:organisation-edit"], membership, signed_in=True),
        "demo": settings.DEMO,
    }


# Pages without a tab of their own, and the tab they belong to.
PLACES = dict.fromkeys(
    ["suppliers:sale", "suppliers:purchase", "suppliers:sourcing", "suppliers:introduction"], "suppliers:part"
) | {
    "suppliers:contact": "suppliers:membership",
    "compliance:signoff": "compliance:review",
    "compliance:rate": "compliance:duty",
}

# The tabs in groups, a hairline between them: the vehicles and what is decided about them; what one's own company answers and
# asks, and who reads it; what anybody may look up; the operator's desk.
NAVIGATION = [
    [
        ("tracing:vehicle-list", _("Board")),
        ("tracing:gap-list", _("Gaps")),
        ("compliance:review-list", _("Reviews")),
        ("compliance:duty-list", _("Duty")),
        ("compliance:certificate-list", _("Certificates")),
    ],
    [
        ("suppliers:request-list", _("Inbox")),
        ("suppliers:upload-list", _("Workbook")),
        ("tracing:campaign-list", _("Campaigns")),
        ("suppliers:declaration-list", _("Declarations")),
        ("suppliers:part-list", _("Parts")),
        ("suppliers:disclosure-list", _("Who sees what")),
        ("compliance:grant-list", _("Grants")),
        ("suppliers:membership-list", _("People")),
    ],
    [
        ("tracing:rulebook-list", _("Rulebooks")),
        ("compliance:verify", _("Verify")),
    ],
    [
        ("suppliers:succession-list", _("Companies")),
        ("suppliers:mail-list", _("Outbox")),
        ("admin:index", _("Desk")),
    ],
]
