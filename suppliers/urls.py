"""Pages of what parties say."""

from django.urls import path

from suppliers.views import answers, batches, declarations, disclosures, doors, languages, parts, requests

app_name = "suppliers"
urlpatterns = [
    path("act-for/", doors.membership_switch, name="membership-switch"),
    path("language/", languages.language_switch, name="language-switch"),
    path("requests/", requests.request_list, name="request-list"),
    path("requests/<uuid:pk>/decline/", requests.request_decline, name="request-decline"),
    path("parts/", parts.part_list, name="part-list"),
    path("sourcings/<uuid:pk>/confirm/", parts.sourcing_confirm, name="sourcing-confirm"),
    path("declarations/", answers.declaration_list, name="declaration-list"),
    path("declarations/answer/", batches.declaration_answer_many, name="declaration-answer-many"),
    path("declarations/sign/", batches.declaration_sign_many, name="declaration-sign-many"),
    path("declarations/receipt/<str:on>/", batches.declaration_receipt, name="declaration-receipt"),
    path("parts/<uuid:part>/declare/", declarations.declaration_new, name="declaration-new"),
    path("declarations/<uuid:pk>/", answers.declaration_detail, name="declaration-detail"),
    path("declarations/<uuid:pk>/edit/", declarations.declaration_edit, name="declaration-edit"),
    path("declarations/<uuid:pk>/check/", declarations.declaration_check, name="declaration-check"),
    path("declarations/<uuid:pk>/sign/", declarations.declaration_review, name="declaration-review"),
    path("declarations/<uuid:pk>/supersede/", answers.declaration_supersede, name="declaration-supersede"),
    path("declarations/<uuid:pk>/withdraw/", answers.declaration_withdraw, name="declaration-withdraw"),
    path("disclosures/", disclosures.disclosure_list, name="disclosure-list"),
]
