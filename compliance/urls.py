"""Pages of what people decide."""

from django.urls import path

from compliance.views import certificates, duties, grants, reviews, signoffs, takeouts, tours, verifications

app_name = "compliance"
urlpatterns = [
    path("reviews/", reviews.review_list, name="review-list"),
    path("reviews/results/", reviews.review_result_list, name="review-result-list"),
    path("reviews/decisions/", reviews.review_ledger, name="review-ledger"),
    path("reviews/accept/", reviews.review_accept_many, name="review-accept-many"),
    path("reviews/answers/<uuid:declaration>/", reviews.review_answer, name="review-answer"),
    path("reviews/<uuid:review>/sign-off/", signoffs.signoff_new, name="signoff-new"),
    path("sign-offs/<uuid:pk>/", signoffs.signoff_detail, name="signoff-detail"),
    path("outcomes/<uuid:outcome>/review/", reviews.review_new, name="review-new"),
    path("reviews/<uuid:review>/certificate/", certificates.certificate_issue, name="certificate-issue"),
    path("certificates/", certificates.certificate_list, name="certificate-list"),
    path("certificates/<uuid:pk>/", certificates.certificate_detail, name="certificate-detail"),
    path("certificates/<uuid:pk>/pdf/", certificates.certificate_pdf, name="certificate-pdf"),
    path("certificates/<uuid:pk>/json/", certificates.certificate_json, name="certificate-json"),
    path("certificates/<uuid:pk>/revocation/", certificates.revocation_json, name="revocation-json"),
    path("certificates/<uuid:pk>/revoke/", certificates.certificate_revoke, name="certificate-revoke"),
    path("certificates/<uuid:certificate>/grants/new/", grants.grant_new, name="certificate-grant"),
    path("grants/", grants.grant_list, name="grant-list"),
    path("grants/new/", grants.grant_new, name="grant-new"),
    path("grants/<uuid:pk>/end/", grants.grant_end, name="grant-end"),
    path("grants/<uuid:pk>/dossier/", grants.grant_dossier, name="grant-dossier"),
    path("duties/", duties.duty_list, name="duty-list"),
    path("duties/rates/", duties.rate_list, name="rate-list"),
    path("duties/<uuid:pk>/", duties.duty_detail, name="duty-detail"),
    path("company/takeout/", takeouts.takeout, name="takeout"),
    path("tour/", tours.tour, name="tour"),
    path("tour/as/<slug:kind>/", tours.tour_enter, name="tour-enter"),
    path("company/takeout/progress/", takeouts.takeout_progress, name="takeout-progress"),
    path("company/takeout/<uuid:pk>/file/", takeouts.takeout_file, name="takeout-file"),
    path("verify/", verifications.verify, name="verify"),
    path(".well-known/jwks.json", verifications.jwks, name="jwks"),
]
