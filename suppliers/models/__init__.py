"""What parties say, as rows."""

from suppliers.models.acts import Act, Asking, Ripple, Seal
from suppliers.models.bodies import Cannot, Charge, Costs, Line, OwnValue, Source, Try
from suppliers.models.campaigns import Campaign, CampaignEnd
from suppliers.models.declarations import Addressee, Claim, Declaration, Statement, Withdrawal
from suppliers.models.identities import Identifier, Renaming, Succession
from suppliers.models.introductions import Introduction, IntroductionReply, Invitation, InvitationUse
from suppliers.models.mails import Bounce, Contact, Ending, Mail, Unsubscription
from suppliers.models.notices import Notice
from suppliers.models.parties import Membership, MembershipEnd, Organisation, Person, Plant, Signatory, User
from suppliers.models.parts import Part, PriceWord, Rate, Sourcing, SourcingConfirmation, SourcingEnd
from suppliers.models.requests import Decline, Postponement, Reminder, Request
from suppliers.models.uploads import Evidence, Upload

__all__ = [
    "Act",
    "Addressee",
    "Asking",
    "Bounce",
    "Campaign",
    "CampaignEnd",
    "Cannot",
    "Charge",
    "Claim",
    "Contact",
    "Costs",
    "Declaration",
    "Decline",
    "Ending",
    "Evidence",
    "Identifier",
    "Introduction",
    "IntroductionReply",
    "Invitation",
    "InvitationUse",
    "Line",
    "Mail",
    "Membership",
    "MembershipEnd",
    "Notice",
    "Organisation",
    "OwnValue",
    "Part",
    "Person",
    "Plant",
    "Postponement",
    "PriceWord",
    "Rate",
    "Reminder",
    "Renaming",
    "Request",
    "Ripple",
    "Seal",
    "Signatory",
    "Source",
    "Sourcing",
    "SourcingConfirmation",
    "SourcingEnd",
    "Statement",
    "Succession",
    "Try",
    "Unsubscription",
    "Upload",
    "User",
    "Withdrawal",
]
