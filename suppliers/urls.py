"""Pages of what parties say."""

from django.urls import path

from suppliers.views import answers, declarations, disclosures, doors, languages, parts, requests, uploads

app_name = "suppliers"
urlpatterns = [
    path("act-for/", doors.membership_switch, name="membership-switch"),
    path("language/", languages.language_switch, name="language-switch"),
    path("requests/", requests.request_list, name="request-list"),
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
    path("workbook/", uploads.upload_list, name="upload-list"),
    path("workbook/download/", uploads.workbook_download, name="workbook-download"),
    path("workbook/<uuid:pk>/", uploads.upload_detail, name="upload-detail"),
    path("workbook/<uuid:pk>/progress/", uploads.upload_progress, name="upload-progress"),
    path("workbook/<uuid:pk>/cancel/", uploads.upload_cancel, name="upload-cancel"),
    path("workbook/<uuid:pk>/apply/", uploads.upload_apply, name="upload-apply"),
    path("workbook/<uuid:pk>/original/", uploads.upload_original, name="upload-original"),
    path("workbook/<uuid:pk>/marked/", uploads.upload_marked, name="upload-marked"),
    path("disclosures/", disclosures.disclosure_list, name="disclosure-list"),
]
