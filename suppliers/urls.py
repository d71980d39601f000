"""Pages of what parties say."""

from django.urls import path

from suppliers.views import (
    answers,
    declarations,
    disclosures,
    doors,
    evidence,
    invitations,
    languages,
    mails,
    memberships,
    organisations,
    parts,
    persons,
    requests,
    successions,
)

app_name = "suppliers"
urlpatterns = [
    path("act-for/", doors.membership_switch, name="membership-switch"),
    path("language/", languages.language_switch, name="language-switch"),
    path("outbox/", mails.mail_list, name="mail-list"),
    path("outbox/<str:address>/again/", mails.bounce_end, name="bounce-end"),
    path("mail/<str:token>/", mails.mail_quiet, name="mail-quiet"),
    # people
    path("invitations/new/", invitations.invitation_new, name="invitation-new"),
    path("invitations/first/", invitations.invitation_first, name="invitation-first"),
    path("invitations/<uuid:pk>/end/", invitations.invitation_end, name="invitation-end"),
    path("invitations/<uuid:pk>/again/", invitations.invitation_again, name="invitation-again"),
    path("invitations/<str:token>/", invitations.invitation_accept, name="invitation-accept"),
    path("people/", memberships.membership_list, name="membership-list"),
    path("people/<uuid:pk>/", memberships.membership_change, name="membership-change"),
    path("people/<uuid:pk>/end/", memberships.membership_end, name="membership-end"),
    path("me/", persons.person_edit, name="person-edit"),
    path("me/entrances/", persons.entrance_list, name="entrance-list"),
    # companies
    path("company/", organisations.organisation_edit, name="organisation-edit"),
    path("company/numbers/<uuid:pk>/end/", organisations.identifier_end, name="identifier-end"),
    path("company/plants/<uuid:pk>/", organisations.plant_edit, name="plant-edit"),
    path("companies/", successions.succession_list, name="succession-list"),
    path("companies/<uuid:pk>/succession/", successions.succession_new, name="succession-new"),
    # asking and answering
    path("requests/", requests.request_list, name="request-list"),
    path("requests/answer/", requests.request_answer, name="request-answer"),
    path("requests/<uuid:pk>/decline/", requests.request_decline, name="request-decline"),
    path("parts/", parts.part_list, name="part-list"),
    path("sourcings/<uuid:pk>/confirm/", parts.sourcing_confirm, name="sourcing-confirm"),
    path("declarations/", answers.declaration_list, name="declaration-list"),
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
