"""The tables, one module an aggregate.

Everything belongs to a line. A column that ends in `_sealed` holds ciphertext only, and its table
must have a lifetime in `hotline.retention.KEEP`.
"""

from hotline.models.assistance import AssistanceForm
from hotline.models.base import Base
from hotline.models.cases import Case, CaseMessage
from hotline.models.contacts import Contact, InboundSeen, OptOut
from hotline.models.counters import Counter, Release
from hotline.models.directory import DirectorySettings, Service
from hotline.models.erasures import Erasure
from hotline.models.handoffs import Handoff
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
from hotline.models.notices import CaseLook, Notice, NoticeAddress, NoticeCall, NoticeRules
from hotline.models.outbox import Outbox, OutboxBody, Tally
from hotline.models.people import Invitation
from hotline.models.replies import ReadyReply, ReadyText
from hotline.models.rota import Away, Clock, Holiday, Shift, ShiftChange
from hotline.models.signin import Authenticator, Passkey, RecoveryCode, SpentChallenge
from hotline.models.simulator import SimulatedMessage
from hotline.models.staff import Audit, LoginFailure, Staff, StaffSession

__all__ = [
    "AssistanceForm",
    "Audit",
    "Authenticator",
    "Away",
    "Base",
    "Case",
    "CaseKey",
    "CaseLook",
    "CaseMessage",
    "Clock",
    "Contact",
    "Counter",
    "DirectorySettings",
    "Erasure",
    "Escrow",
    "EscrowGift",
    "EscrowShare",
    "Handoff",
    "Heartbeat",
    "Holiday",
    "InboundSeen",
    "Invitation",
    "Line",
    "LoginFailure",
    "Notice",
    "NoticeAddress",
    "NoticeCall",
    "NoticeRules",
    "OptOut",
    "Outbox",
    "OutboxBody",
    "Passkey",
    "ReadyReply",
    "ReadyText",
    "RecoveryCode",
    "Release",
    "SenderHealth",
    "Service",
    "Shift",
    "ShiftChange",
    "SimulatedMessage",
    "SpentChallenge",
    "Staff",
    "StaffKey",
    "StaffSession",
    "Tally",
    "Team",
    "TeamKey",
    "TeamMember",
]
