"""What is decided on answers and results, and who may read what follows."""

from dataclasses import dataclass

from compliance.demo.days import Act


@dataclass(frozen=True)
class Review:
    """What a reviewer decides once the vehicle is traced; accepted ones become certificates, signed by the officer."""

    organisation: str
    vehicle: str
    rulebook: str
    reading: str
    decision: str
    reviewer: str
    officer: str
    why: str


@dataclass(frozen=True)
class FaceReview:
    """What a reviewer decides on the answers of a supplier about a part; without a number: all of its answers without a finding."""

    organisation: str
    seller: str
    seller_number: str
    on: Act
    decision: str
    reviewer: str
    why: str


@dataclass(frozen=True)
class Grant:
    """An auditor may read the dossier of the certificate that names this vehicle, rulebook and reading."""

    auditor: str
    vehicle: str
    rulebook: str
    reading: str
    granted_by: str
    purpose: str
    begins: Act
    ends: Act
