"""Pages of what parties say."""

from django.urls import path

from suppliers.views import (
    answers,
    declarations,
    disclosures,
    doors,
    evidence,
    languages,
    mails,
    notices,
    parts,
    renewals,
    requests,
    retention,
)

app_name = "suppliers"
urlpatterns = [
    path("act-for/", doors.membership_switch, name="membership-switch"),
    path("language/", languages.language_switch, name="language-switch"),
    path("mail/<str:token>/", mails.mail_quiet, name="mail-quiet"),
    path("requests/", requests.request_list, name="request-list"),
    path("requests/<uuid:pk>/decline/", requests.request_decline, name="request-decline"),
    path("parts/", parts.part_list, name="part-list"),
    path("sourcings/<uuid:pk>/confirm/", parts.sourcing_confirm, name="sourcing-confirm"),
    path("declarations/", answers.declaration_list, name="declaration-list"),
    path("declarations/ending/", renewals.declaration_ending, name="declaration-ending"),
    path("declarations/renew/", renewals.declaration_renew_many, name="declaration-renew-many"),
    path("declarations/kept/", retention.retention_list, name="retention-list"),
    path("declarations/<uuid:pk>/erase/", retention.signatory_erase, name="signatory-erase"),
    path("notices/", notices.notice_list, name="notice-list"),
    path("parts/<uuid:part>/declare/", declarations.declaration_new, name="declaration-new"),
    path("parts/<uuid:part>/state/", declarations.declaration_statement, name="declaration-statement"),
    path("declarations/<uuid:pk>/", answers.declaration_detail, name="declaration-detail"),
    path("declarations/<uuid:pk>/edit/", declarations.declaration_edit, name="declaration-edit"),
    path("declarations/<uuid:pk>/sign/", declarations.declaration_review, name="declaration-review"),
    path("declarations/<uuid:pk>/supersede/", answers.declaration_supersede, name="declaration-supersede"),
    path("declarations/<uuid:pk>/withdraw/", answers.declaration_withdraw, name="declaration-withdraw"),
    path("declarations/<uuid:pk>/evidence/", evidence.evidence_list, name="evidence-list"),
    path("evidence/<uuid:pk>/", evidence.evidence_file, name="evidence-file"),
    path("evidence/<uuid:pk>/remove/", evidence.evidence_remove, name="evidence-remove"),
    path("disclosures/", disclosures.disclosure_list, name="disclosure-list"),
]
