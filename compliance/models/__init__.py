"""What people decide about traces, as rows."""

from compliance.models.certificates import Certificate, Export, Opening, Revocation
from compliance.models.checks import CheckedAnswer, CheckedCompany
from compliance.models.grants import AuthorityGrant, GrantEnd
from compliance.models.reviews import FaceReview, Review
from compliance.models.signoffs import SignOff
from compliance.models.takeouts import Takeout

__all__ = [
    "AuthorityGrant",
    "Certificate",
    "CheckedAnswer",
    "CheckedCompany",
    "Export",
    "FaceReview",
    "GrantEnd",
    "Opening",
    "Review",
    "Revocation",
    "SignOff",
    "Takeout",
]
