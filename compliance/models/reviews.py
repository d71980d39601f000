"""What a reviewer decides: on one answer that was addressed to the company, and on one outcome of a vehicle."""

from django.db import models

from suppliers.models import Act, Campaign, Declaration, Organisation
from tracing.models import Outcome


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The automaker's own decisions."""
        return self.filter(outcome__trace__vehicle__organisation_id=membership.organisation_id)


class Review(Act):
    """A reviewer's decision on one outcome, with the reason. Never edited; a later decision is a later row."""

    class Decision(models.TextChoices):
        ACCEPT = "accept", "accepted: may be certified"
        REJECT = "reject", "rejected: not to be certified"

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=6, choices=Decision.choices)
    why = models.TextField(help_text="The reason, in words an auditor can follow years later.")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["outcome", "-at"]

    def __str__(self) -> str:
        return f"{self.decision} of {self.outcome}"


class FaceReviewQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The company's own decisions; the supplier reads the question that was asked, never the decision."""
        return self.filter(organisation_id__in=membership.keeps)


class FaceReview(Act):
    """A buyer's decision on the face of one answer addressed to it. Never edited; a later decision is a later row.

    It changes no figure: what is signed counts until it is withdrawn. Asking back and rejecting make the answer a weak spot.
    """

    class Decision(models.TextChoices):
        ACCEPT = "accept", "accepted: plausible as it stands"
        ASK = "ask", "asked back: the supplier has a question to answer"
        REJECT = "reject", "rejected: not to be relied on"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="face_reviews")
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="face_reviews")
    decision = models.CharField(max_length=6, choices=Decision.choices)
    why = models.TextField(blank=True, help_text="The reason, or the question as the supplier reads it.")
    findings = models.JSONField(default=list, help_text="Codes of what the checks had found when it was decided.")
    question = models.OneToOneField(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="face_review",
        help_text="What carried the question.",
    )

    objects = FaceReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["organisation", "declaration", "at"], name="face_review_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision="accept") | models.Q(why__gt=""), name="face_review_says_why"
            ),
            models.CheckConstraint(
                condition=models.Q(decision="ask", question__isnull=False)
                | (~models.Q(decision="ask") & models.Q(question__isnull=True)),
                name="face_review_question",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} of {self.declaration}"

    @property
    def sealed(self) -> dict:
        """What the seal's digest is over."""
        return {
            "declaration": self.declaration.digest, "organisation": self.organisation.code, "decision": self.decision,
            "why": self.why, "findings": self.findings, "question": str(self.question_id or ""),
        }  # fmt: skip
