"""Pages of what parties say."""

from django.urls import path

from suppliers.views import (
    answers,
    declarations,
    disclosures,
    doors,
    introductions,
    languages,
    parts,
    requests,
    sourcings,
)

app_name = "suppliers"
urlpatterns = [
    path("act-for/", doors.membership_switch, name="membership-switch"),
    path("language/", languages.language_switch, name="language-switch"),
    path("requests/", requests.request_list, name="request-list"),
    path("requests/<uuid:pk>/decline/", requests.request_decline, name="request-decline"),
    path("parts/", parts.part_list, name="part-list"),
    path("sales/", sourcings.sale_list, name="sale-list"),
    path("sales/new/", sourcings.sale_new, name="sale-new"),
    path("purchases/", sourcings.purchase_list, name="purchase-list"),
    path("purchases/new/", sourcings.purchase_new, name="purchase-new"),
    path("sourcings/<uuid:pk>/", sourcings.sourcing_detail, name="sourcing-detail"),
    path("sourcings/<uuid:pk>/confirm/", sourcings.sourcing_confirm, name="sourcing-confirm"),
    path("sourcings/<uuid:pk>/price/", sourcings.sourcing_price, name="sourcing-price"),
    path("sourcings/<uuid:pk>/correct/", sourcings.sourcing_correct, name="sourcing-correct"),
    path("sourcings/<uuid:pk>/end/", sourcings.sourcing_end, name="sourcing-end"),
    path("sourcings/<uuid:pk>/join/<uuid:answer>/", sourcings.sourcing_join, name="sourcing-join"),
    path("introductions/new/", introductions.introduction_new, name="introduction-new"),
    path("introductions/<uuid:pk>/withdraw/", introductions.introduction_withdraw, name="introduction-withdraw"),
    path("introductions/<str:token>/", introductions.introduction, name="introduction"),
    path("declarations/", answers.declaration_list, name="declaration-list"),
    path("parts/<uuid:part>/declare/", declarations.declaration_new, name="declaration-new"),
    path("parts/<uuid:part>/state/", declarations.declaration_statement, name="declaration-statement"),
    path("declarations/<uuid:pk>/", answers.declaration_detail, name="declaration-detail"),
    path("declarations/<uuid:pk>/edit/", declarations.declaration_edit, name="declaration-edit"),
    path("declarations/<uuid:pk>/sign/", declarations.declaration_review, name="declaration-review"),
    path("declarations/<uuid:pk>/supersede/", answers.declaration_supersede, name="declaration-supersede"),
    path("declarations/<uuid:pk>/withdraw/", answers.declaration_withdraw, name="declaration-withdraw"),
    path("declarations/<uuid:pk>/addressees/", disclosures.declaration_address, name="declaration-address"),
    path("disclosures/", disclosures.disclosure_list, name="disclosure-list"),
]
