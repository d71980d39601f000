"""What people decide about traces, as rows."""

from compliance.models.certificates import Certificate, Export, Opening, Revocation
from compliance.models.grants import AuthorityGrant, GrantEnd
from compliance.models.reviews import Review
from compliance.models.takeouts import Takeout

__all__ = ["AuthorityGrant", "Certificate", "Export", "GrantEnd", "Opening", "Review", "Revocation", "Takeout"]
