"""The tables, one module an aggregate.

Everything belongs to a line. A column that ends in `_sealed` holds ciphertext only, and its table
must have a lifetime in `hotline.retention.KEEP`.
"""

from hotline.models.base import Base
from hotline.models.cases import Case, CaseMessage
from hotline.models.contacts import Contact, InboundSeen, OptOut
from hotline.models.counters import Counter, Release
from hotline.models.erasures import Erasure
from hotline.models.keys import (
    CaseKey,
    Escrow,
    EscrowGift,
    EscrowShare,
    StaffKey,
    Team,
    TeamKey,
    TeamMember,
)
from hotline.models.lines import Heartbeat, Line, SenderHealth
from hotline.models.outbox import Outbox, OutboxBody, Tally
from hotline.models.simulator import SimulatedMessage
from hotline.models.staff import LoginFailure, Staff, StaffSession

__all__ = [
    "Base",
    "Case",
    "CaseKey",
    "CaseMessage",
    "Contact",
    "Counter",
    "Erasure",
    "Escrow",
    "EscrowGift",
    "EscrowShare",
    "Heartbeat",
    "InboundSeen",
    "Line",
    "LoginFailure",
    "OptOut",
    "Outbox",
    "OutboxBody",
    "Release",
    "SenderHealth",
    "SimulatedMessage",
    "Staff",
    "StaffKey",
    "StaffSession",
    "Tally",
    "Team",
    "TeamKey",
    "TeamMember",
]
