"""The tables, one module an aggregate.

Everything belongs to a line. A column that ends in `_sealed` holds ciphertext only, and its table
must have a lifetime in `hotline.retention.KEEP`.
"""

from hotline.models.base import Base
from hotline.models.cases import Case, CaseMessage
from hotline.models.contacts import Contact, InboundSeen, OptOut
from hotline.models.counters import Counter
from hotline.models.lines import Heartbeat, Line
from hotline.models.outbox import Outbox, OutboxBody
from hotline.models.simulator import SimulatedMessage
from hotline.models.staff import LoginFailure, Staff, StaffSession

__all__ = [
    "Base",
    "Case",
    "CaseMessage",
    "Contact",
    "Counter",
    "Heartbeat",
    "InboundSeen",
    "Line",
    "LoginFailure",
    "OptOut",
    "Outbox",
    "OutboxBody",
    "SimulatedMessage",
    "Staff",
    "StaffSession",
]
